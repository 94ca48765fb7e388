-- One row: all bookings until the end of the chosen month, as last stated and the bookings since.
WITH {human}
SELECT human(toInt64OrNull(`数值`)) AS `累计` FROM bulletin_08(month = ${month:singlequote}) WHERE `单位` = '次'
