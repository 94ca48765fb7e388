-- Table 03 of the bulletin, as printed, for the chosen month: no simulated booking is in it.
SELECT * FROM bulletin_03(month = ${month:singlequote})
