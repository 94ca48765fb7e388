-- Table 05 of the bulletin, as printed, for the chosen month: no simulated upload is in it.
SELECT * FROM bulletin_05(month = ${month:singlequote})
