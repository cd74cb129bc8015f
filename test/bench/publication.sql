-- The records that figures are about: :rows of them in records, and :few in
-- records_small, which also has what is asked for credit repair.  Half are
-- penalties; inspections are fewer than in life, since no rule in force fits
-- them, which is soon told.  All facts are columns; the text columns are as
-- short as rules name things.
-- Numbers come from hashes, so that they are the same in every run.  So is the
-- day of looking, 2026-10-31: calendars are loaded up to 2026.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SELECT fairdraw.setup('Benchmark') WHERE to_regclass('fairdraw_data.calendar_day') IS NULL;

-- Each fact takes bits of its own, so that facts are independent.
CREATE TABLE records AS
WITH base AS MATERIALIZED (
    SELECT i, h, g,
        CASE WHEN h & 127 < 64 THEN 'penalty' WHEN h & 127 < 102 THEN 'inspection'
            WHEN h & 127 < 124 THEN 'abnormal_list' ELSE 'serious_list' END AS kind,
        CASE WHEN (h >> 7) & 127 < 13 THEN 'warning' WHEN (h >> 7) & 127 < 32 THEN 'minor'
            WHEN (h >> 7) & 127 < 110 THEN 'general' ELSE 'serious' END AS severity,
        date '2021-10-01' + ((h >> 14) & 65535)::integer % 1857 AS decided
    FROM generate_series(1::bigint, :rows) AS i,
        LATERAL (SELECT hashint8extended(i, 0) AS h, hashint8extended(i, 1) AS g) AS hashes
), dated AS (
    SELECT *, CASE WHEN (h >> 30) & 31 > 0 THEN decided + 1 + ((h >> 35) & 15)::integer END AS published,
        -- three in four inspections found nothing
        CASE WHEN kind <> 'inspection' OR (h >> 7) & 127 < 32 THEN decided - 5 - ((h >> 39) & 63)::integer END AS found,
        decided + 10 + ((h >> 45) & 255)::integer AS rectified
    FROM base
), repairs AS (
    -- some too early, some against the rule
    SELECT *, CASE WHEN kind IN ('penalty', 'serious_list') AND g & 15 = 0
        THEN published + 150 + 2 * ((g >> 4) & 255)::integer END AS repaired
    FROM dated
)
SELECT to_char(decided, 'YYYYMMDD') || lpad(i::text, 10, '0') AS id,
    kind,
    CASE WHEN kind <> 'inspection' THEN NULL WHEN found IS NULL THEN 'no_problem'
        ELSE (ARRAY['correction_ordered', 'correction_ordered', 'correction_ordered', 'unreachable',
            'unreachable', 'not_published', 'stop_ordered', 'pending'])[1 + ((g >> 12) & 7)] END::fairdraw.result_code AS code,
    CASE WHEN kind = 'penalty' THEN severity END AS severity,
    CASE WHEN kind = 'penalty' THEN (ARRAY['food', 'food', 'drug', 'special_equipment'])[1 + ((g >> 15) & 15)] END AS area,
    CASE WHEN (g >> 19) & 63 > 0 THEN decided END AS decided_on,
    published AS published_on,
    found AS found_on,
    CASE WHEN found IS NOT NULL AND (g >> 25) & 3 > 0 AND rectified <= date '2026-10-31' THEN rectified END AS rectified_on,
    CASE WHEN kind = 'penalty' AND severity IN ('general', 'serious') AND (g >> 27) & 15 = 0
        THEN CASE WHEN (g >> 31) & 31 = 0 THEN 'infinity' ELSE decided + 180 + 40 * ((g >> 31) & 31)::integer END
        WHEN kind = 'inspection' AND found IS NOT NULL AND (g >> 27) & 3 = 0 THEN decided + 1096 END AS penalty_ends,
    (ARRAY['commercial_secret', 'privacy'])[1 + ((g >> 36) & 127)] AS withheld,
    CASE WHEN repaired <= date '2026-10-31' THEN repaired END AS repaired_on
FROM repairs;

CREATE TABLE records_small AS
SELECT *, CASE WHEN h & 31 = 0 THEN 'repeated' WHEN h & 31 = 1 THEN 'grave' END AS standing,
    h & 448 > 0 AS obligations, h & 512 = 0 OR NULL AS harm_removed, h & 7168 > 0 AS no_new_penalty,
    h & 8192 = 0 AS off_lists, h & 16384 = 0 AS training, h & 98304 > 0 AS promise
FROM records, LATERAL (SELECT hashtextextended(id, 1) AS h) AS hash LIMIT :few;
ALTER TABLE records_small DROP COLUMN h;

-- what has to be done after checks, penalties and findings; one in eight is
-- still to be done
CREATE TABLE task_small AS
SELECT id AS record,
    CASE kind WHEN 'inspection' THEN 'result_publication' WHEN 'penalty' THEN 'penalty_publication' ELSE 'abnormal_list_entry' END AS event,
    CASE WHEN kind = 'inspection' THEN decided_on END AS check_ended,
    CASE WHEN kind = 'penalty' THEN decided_on END AS decided,
    CASE WHEN kind NOT IN ('inspection', 'penalty') THEN decided_on END AS found,
    CASE WHEN obligations THEN decided_on + 5 + abs(hashtext(id) % 30) END AS done_on
FROM records_small;

-- what everybody does without fairdraw: days off and days made up for, in one
-- small table with an index
CREATE TABLE holiday (day date PRIMARY KEY, works boolean NOT NULL);
INSERT INTO holiday SELECT day, kind = 'work' FROM fairdraw_data.calendar_day;
-- ... and a calendar of all days, with the number of working days up to each,
-- which somebody has to keep
CREATE TABLE numbered AS
    SELECT day, works, sum(works::integer) OVER (ORDER BY day)::integer AS number
    FROM (SELECT day, coalesce(h.works, extract(isodow FROM day) < 6) AS works
        FROM (SELECT date '2019-01-01' + i AS day FROM generate_series(0, date '2026-12-31' - date '2019-01-01') AS i) AS d
        LEFT JOIN holiday h USING (day)) AS w;
CREATE UNIQUE INDEX ON numbered (day) INCLUDE (number);
CREATE UNIQUE INDEX ON numbered (number) INCLUDE (day) WHERE works;

-- Takes what disclosure_term() takes, and does nothing: it hands the first
-- argument back.  A composite is stored as any other type of variable length,
-- and so are xml and text.
CREATE FUNCTION handed_back(term fairdraw.disclosure, text, fairdraw.result_code, text, text,
    date, date, date, date, date, text, text, date, date) RETURNS fairdraw.disclosure
    LANGUAGE internal STABLE PARALLEL SAFE AS 'xmltotext';

VACUUM ANALYZE records;
VACUUM ANALYZE records_small;
VACUUM ANALYZE task_small;
VACUUM ANALYZE holiday;
VACUUM ANALYZE numbered;
CHECKPOINT;
