-- Which districts are not connected to which telemedicine platform at the end of a month, as their owners state?
SELECT splitByChar('.', figure)[3] AS platform, arraySort(groupArray(name)) AS not_connected, length(not_connected) AS districts
FROM stocks_on(day = '2020-09-30') AS stated
LEFT JOIN (SELECT code, argMax(name, valid_from) AS name FROM institutions GROUP BY code) AS named ON code = subject
WHERE figure LIKE 'telemedicine.connection.%' AND value = 0
GROUP BY platform
ORDER BY platform
