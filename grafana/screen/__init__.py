"""The live screen: reads the dashboards' JSON and draws it in a browser, without Grafana."""
