-- The checks that coverage() is measured on: :rows of them in checks, ten a
-- visit, in twelve groups, with all columns; and the base.  Numbers come from
-- hashes, so that they are the same in every run; the rows of a visit agree, and were entered
-- one after another.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SELECT fairdraw.setup('Benchmark') WHERE to_regclass('fairdraw_data.calendar_day') IS NULL;

CREATE TABLE checks AS
SELECT 'V-' || lpad(v::text, 9, '0') AS visit,
    '9133' || lpad((v::bigint * 7919 % (:rows / 12))::text, 14, '0') AS uid,
    'G' || lpad((h % 12)::text, 2, '0') AS grp,
    'I-' || lpad(((h >> 8 & 63) * 4 + i * 7)::text, 3, '0') AS item,
    CASE WHEN h & 31 > 0 THEN date '2026-01-01' + (h >> 16 & 255)::integer END AS done_on,
    h >> 5 & 7 < 5 AS random, h >> 9 & 7 < 3 AS joint, h >> 12 & 15 < 14 AS risk_used,
    g & 31 > 0 AS mobile,
    CASE WHEN h & 31 > 0 THEN CASE g >> 5 & 15 WHEN 0 THEN 'correction_ordered' WHEN 1 THEN 'pending' WHEN 2 THEN 'no_activity' ELSE 'no_problem' END::fairdraw.result_code END AS code,
    CASE WHEN h & 31 > 0 THEN date '2026-01-29' + (h >> 16 & 255)::integer END AS publish_due,
    CASE WHEN h & 31 > 0 AND g >> 9 & 31 > 0 THEN date '2026-01-29' + (h >> 16 & 255)::integer - (g >> 14 & 15)::integer + 2 END AS published_on,
    CASE WHEN h & 31 > 0 AND g >> 5 & 15 < 2 THEN date '2026-03-01' + (h >> 16 & 255)::integer END AS follow_up_due,
    CASE WHEN h & 31 > 0 AND g >> 5 & 15 < 2 AND g >> 18 & 7 > 0 THEN date '2026-02-01' + (h >> 16 & 255)::integer END AS closed_on
FROM (SELECT v, i, abs(hashint8extended(v, 1)) AS h, abs(hashint8extended(v::bigint * 10 + i, 2)) AS g
    FROM generate_series(1, :rows / 10) AS v, generate_series(0, 9) AS i) AS s
ORDER BY visit;

CREATE TABLE base AS
SELECT 'G' || lpad(g::text, 2, '0') AS grp, :rows / 12 AS enterprises, 400 AS items, :rows / 100 AS planned FROM generate_series(0, 11) AS g;

VACUUM ANALYZE checks;
VACUUM ANALYZE base;
CHECKPOINT;
