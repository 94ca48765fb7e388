-- One row: seconds since any figure changed, and what all messages so far became.
WITH {human}
SELECT
    dateDiff('second', max(last_appended), now64(3)) AS `最新消息距今（秒）`,
    human(sum(counted)) AS `计入`, human(sum(repeats)) AS `重复`, human(sum(dead)) AS `死信`
FROM freshness
