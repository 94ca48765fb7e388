-- Table 02 of the bulletin, as printed, for the chosen month: no simulated booking is in it.
SELECT * FROM bulletin_02(month = ${month:singlequote})
