"""The live screen as a process: ``python -m grafana.screen``."""

from grafana.screen.serve import serve
from ningmai.settings import Settings

serve(Settings())
