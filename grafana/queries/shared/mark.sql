-- One row: whether simulated events are among what a screen shows; stands in the panels' titles.
SELECT if('simulated' IN (${origin:singlequote}) AND (SELECT max(origin = 'simulated') FROM source_freshness), '含模拟', '真实')
