-- Table 06 of the bulletin, as printed, for the chosen month: no simulated transaction is in it.
SELECT * FROM bulletin_06(month = ${month:singlequote})
