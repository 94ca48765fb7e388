-- Table 01b of the bulletin, as printed, for the chosen month: no simulated call is in it.
SELECT * FROM bulletin_01b(month = ${month:singlequote})
