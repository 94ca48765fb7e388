-- One row per hospital of the register, to choose from.
SELECT argMax(name, valid_from) AS __text, code AS __value
FROM institutions
GROUP BY code
HAVING argMax(kind, valid_from) = 'hospital'
ORDER BY __value
