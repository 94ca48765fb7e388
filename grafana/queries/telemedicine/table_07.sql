-- Table 07 of the bulletin, as printed, for the chosen month: no simulated event is in it.
SELECT * FROM bulletin_07(month = ${month:singlequote})
