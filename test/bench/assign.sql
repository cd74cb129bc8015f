-- The assignments that figures are about: :visits visits and a tenth as many
-- inspectors, fifty of them eligible for each, teams of two.
--   even      anybody anywhere: a mean load of 20
--   stations  three hundred stations of very different size with thirty
--             inspectors each, and twenty out of a bureau of a tenth
--   small     2000 visits and 400 inspectors
-- Numbers come from hashes, so that they are the same in every run.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;

CREATE FUNCTION hashed(n bigint, seed bigint) RETURNS bigint IMMUTABLE PARALLEL SAFE
    RETURN hashint8extended(n, seed) & 9007199254740991;
-- an inspector of those who have the numbers from first to first + count - 1; another one for each k
CREATE FUNCTION one_of(first bigint, count bigint, visit bigint, k int) RETURNS text IMMUTABLE PARALLEL SAFE
    RETURN 'I' || lpad((first + (hashed(visit, 1) + k * (1 + 10 * (hashed(visit, 2) % (count / 10)))) % count)::text, 7, '0');

CREATE TABLE even_visit AS SELECT '91' || lpad(v::text, 16, '0') AS visit, v, 2 AS need FROM generate_series(1::bigint, :visits) AS v;
CREATE TABLE even_staff AS SELECT 'I' || lpad(i::text, 7, '0') AS inspector, i FROM generate_series(0::bigint, :visits / 10 - 1) AS i;
CREATE TABLE even_pair AS SELECT visit, one_of(0, :visits / 10, v, k) AS inspector FROM even_visit, generate_series(1, 50) AS k;

CREATE TABLE stations_visit AS
    SELECT visit, v, need, floor(300 * ((hashed(v, 3) % 1000000) / 1000000.0) ^ 1.6)::bigint AS station FROM even_visit;
CREATE TABLE stations_staff AS SELECT inspector, i, CASE WHEN i < :visits / 100 THEN NULL ELSE (i - :visits / 100) % 300 END AS station FROM even_staff;
CREATE TABLE stations_pair AS
    SELECT visit, inspector FROM stations_visit JOIN stations_staff USING (station)
    UNION ALL SELECT visit, one_of(0, :visits / 100, v, k) FROM stations_visit, generate_series(1, 20) AS k;

CREATE TABLE small_visit AS SELECT visit, v, need FROM even_visit WHERE v <= 2000;
CREATE TABLE small_staff AS SELECT inspector, i FROM even_staff WHERE i < 400;
CREATE TABLE small_pair AS SELECT visit, one_of(0, 400, v, k) AS inspector FROM small_visit, generate_series(1, 50) AS k;

-- the same pairs, a row a visit
CREATE TABLE even_packed AS SELECT visit, array_agg(inspector) AS inspectors FROM even_pair GROUP BY visit;
CREATE TABLE stations_packed AS SELECT visit, array_agg(inspector) AS inspectors FROM stations_pair GROUP BY visit;
CREATE TABLE small_packed AS SELECT visit, array_agg(inspector) AS inspectors FROM small_pair GROUP BY visit;

VACUUM ANALYZE;
CHECKPOINT;
