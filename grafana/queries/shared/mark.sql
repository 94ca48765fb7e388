-- One row: whether simulated events are among what a screen shows; stands in the panels' titles.
SELECT if('simulated' IN (${origin:singlequote}) AND (SELECT count() FROM newest_days WHERE origin = 'simulated') > 0, '含模拟', '真实')
