-- Table 04 of the bulletin, as printed, for the chosen month: no simulated upload is in it.
SELECT * FROM bulletin_04(month = ${month:singlequote})
