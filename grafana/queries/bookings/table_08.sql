-- Table 08 of the bulletin, as printed, for the chosen month: since opening, as last stated.
SELECT * FROM bulletin_08(month = ${month:singlequote})
