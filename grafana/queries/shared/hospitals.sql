-- One row per hospital of the register, to choose from: its code, and the name that is shown.
SELECT code, argMax(name, valid_from) AS name
FROM institutions
GROUP BY code
HAVING argMax(kind, valid_from) = 'hospital'
ORDER BY code
