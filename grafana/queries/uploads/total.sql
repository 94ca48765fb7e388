-- One row: all rows ever taken in until the end of the chosen month, as last stated and the rows since.
SELECT concat(`数值`, ' ', `单位`) AS `累计` FROM bulletin_08(month = ${month:singlequote}) WHERE `单位` = '亿条'
