--
-- Coverage: counts of what was done, against targets (doc/statistics.md)
--
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET search_path = fairdraw, public;
SET client_encoding = 'UTF8';
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
\pset null -
SELECT setup('某局');

--
-- A year of two bureaus.  V1: two items, random, joint; V2: the same enterprise
-- again; V3: not random; V4: planned, not done; V5: half done; V1 of 城东 is
-- another visit than V1 of 城西.
--
CREATE TEMP TABLE checks (grp text, visit text, uid text, item text, done_on date, random boolean, joint boolean, risk_used boolean, mobile boolean,
    code text, publish_due date, published_on date, follow_up_due date, closed_on date);
INSERT INTO checks VALUES
    ('城西', 'V1', 'E1', 'A01', '2025-03-03', true, true, true, true, 'no_problem', '2025-03-31', '2025-03-31', NULL, NULL),
    ('城西', 'V1', 'E1', 'A02', '2025-03-03', true, true, true, false, 'correction_ordered', '2025-03-31', '2025-04-01', '2025-04-30', '2025-05-06'),
    ('城西', 'V2', 'E1', 'A01', '2025-06-02', true, false, true, true, 'pending', '2025-06-30', NULL, '2025-07-31', NULL),
    ('城西', 'V3', 'E2', 'A03', '2025-06-03', false, NULL, NULL, true, '未发现问题', '2025-07-01', '2025-06-10', NULL, NULL),
    ('城西', 'V4', 'E3', 'A04', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ('城西', 'V5', 'E4', 'A05', '2025-09-01', true, true, false, true, 'no_problem', '2025-09-29', '2025-09-02', NULL, NULL),
    ('城西', 'V5', 'E4', 'A06', NULL, true, true, false, NULL, NULL, NULL, NULL, NULL, NULL),
    ('城东', 'V1', 'E1', 'A01', '2025-12-29', true, false, false, true, 'stop_ordered', '2026-01-27', '2026-01-20', NULL, '2025-12-31');
CREATE TEMP TABLE base (grp text, enterprises integer, items integer, planned integer);
INSERT INTO base VALUES ('城西', 100, 8, 6), ('城东', 40, 2, 1), ('城北', 0, 5, 0);

-- every indicator of every group, in the order of bytes, and the total; a group with nothing in it has zeros
SELECT * FROM coverage('TABLE checks', 'TABLE base', '[2025-01-01,2025-12-31]');
-- the total can be added up from the groups (no rows)
SELECT indicator FROM coverage('TABLE checks', 'TABLE base', '[2025-01-01,2025-12-31]') GROUP BY indicator
HAVING sum(numerator) FILTER (WHERE grp IS NULL) <> coalesce(sum(numerator) FILTER (WHERE grp IS NOT NULL), 0)
    OR sum(denominator) FILTER (WHERE grp IS NULL) <> coalesce(sum(denominator) FILTER (WHERE grp IS NOT NULL), 0);
-- without groups an enterprise that both bureaus visited is one; the columns may have other types
SELECT indicator, numerator, denominator, ratio FROM coverage(
    $$SELECT row_number() OVER (ORDER BY grp, v) AS visit, substr(uid, 2)::integer AS uid, done_on, random FROM (SELECT DISTINCT grp, visit AS v, uid, done_on, random FROM checks WHERE done_on IS NOT NULL) s$$,
    'SELECT 140::bigint AS enterprises', '[2025-01-01,2025-12-31]');

--
-- Each indicator has a date of its own, so that nothing falls between two years
--
CREATE FUNCTION pg_temp.total(period daterange, checks text DEFAULT 'TABLE checks') RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s/%s', indicator, numerator, denominator), ', ') FROM fairdraw.coverage(checks, 'SELECT grp, enterprises, items FROM base', period) WHERE grp IS NULL
$$;
-- the result of December is due in January
SELECT pg_temp.total('[2025-01-01,2025-12-31]');
SELECT pg_temp.total('[2026-01-01,2026-02-28]');
-- figures are those of the end of the last day: what is due that day is due, what is done the day after is not done
SELECT pg_temp.total(daterange('2025-01-01', day, '[]'), $$SELECT grp, visit, uid, published_on, publish_due, done_on FROM checks$$) FROM unnest('{2025-03-02,2025-03-03,2025-03-30,2025-03-31,2025-04-01}'::date[]) day;
-- a problem is to be dealt with by its own day, or is due at once
SELECT day, pg_temp.total(daterange('2025-01-01', day, '[]'), $$SELECT grp, visit, uid, code, follow_up_due, closed_on, done_on FROM checks$$) FROM unnest('{2025-04-29,2025-04-30,2025-05-05,2025-05-06,2025-12-30,2025-12-31}'::date[]) day;
SELECT pg_temp.total('[2025-01-01,2025-05-06]', $$SELECT grp, visit, uid, code, closed_on, done_on FROM checks$$);
SELECT pg_temp.total('[2025-01-01,2025-05-06]', $$SELECT grp, visit, uid, code, closed_on FROM checks$$);
-- a visit is done when the last of its items is; before the period it belongs to another
SELECT pg_temp.total(period, $$SELECT 'V' AS visit, 'E' AS uid, '城西' AS grp, day AS done_on, true AS random FROM unnest('{2025-03-03,2025-03-05}'::date[]) day$$)
FROM unnest('{"[2025-03-01,2025-03-04]","[2025-03-01,2025-03-05]","[2025-03-04,2025-03-31]","[2025-03-06,2025-03-31]"}'::daterange[]) period;
-- what is due today is not late yet, and what is done today is done tomorrow
SELECT day - current_date AS day, pg_temp.total(period, format($$SELECT 'V' AS visit, 'E' AS uid, '城西' AS grp, %L::date AS done_on, %L::date AS publish_due, NULL::date AS published_on$$, day, day))
FROM generate_series(current_date - 1, current_date + 1, interval '1 day') d, CAST(d AS date) day, unnest(ARRAY[NULL, daterange(NULL, NULL), daterange(current_date - 9, current_date + 9)]) period ORDER BY day, period NULLS FIRST;

--
-- In time: by a day that the query gives, or by the rules on deadlines
--
-- the check ends on 3 March 2025: 20 working days later is 31 March
SELECT published_on, pg_temp.total('[2025-01-01,2025-12-31]', format($$SELECT 'V' AS visit, 'E' AS uid, '城西' AS grp, date '2025-03-03' AS done_on, %L::date AS published_on$$, published_on)) FROM unnest('{2025-03-31,2025-04-01,infinity,NULL}'::date[]) published_on;
-- rows that cannot be due in the period need no calendar: of 2018 nothing is loaded, and the last days of 2026 lead into 2027
SELECT numerator, denominator FROM fairdraw.coverage(
    $$SELECT n AS visit, n AS uid, done_on, done_on + 20 AS published_on FROM (VALUES (1, date '2018-03-01'), (2, '2026-03-02'), (3, '2026-12-31')) v (n, done_on)$$,
    'SELECT 3 AS enterprises', '[2026-01-01,2026-05-31]') WHERE indicator = 'published_in_time';
-- a row on either border: 20 working days after 2025-12-02 are 2025-12-30, after 2025-12-03 2025-12-31, after 2025-12-04 2026-01-04
SELECT numerator, denominator FROM fairdraw.coverage(
    $$SELECT n AS visit, n AS uid, d.day AS done_on, d.day AS published_on FROM unnest('{2025-12-02,2025-12-03,2025-12-04,2025-12-05}'::date[]) WITH ORDINALITY AS d (day, n)$$,
    'SELECT 4 AS enterprises', '[2026-01-01,2026-01-04]') WHERE indicator = 'published_in_time';
SELECT fairdraw.deadline('result_publication', day) FROM unnest('{2025-12-02,2025-12-03,2025-12-04,2025-12-05}'::date[]) AS day;
-- without done_on a problem without a day is due at once, whether the query has such a column or not
SELECT has, numerator, denominator FROM (VALUES ('', 'none'), (', NULL::date AS follow_up_due', 'one')) v (columns, has),
    fairdraw.coverage(format('SELECT 1 AS visit, 1 AS uid, c AS code, NULL::date AS closed_on%s FROM unnest(''{1,2,3}''::text[]) AS c', columns), 'SELECT 1 AS enterprises')
WHERE indicator = 'problems_dealt_with';
-- a rule that is changed is followed
BEGIN;
UPDATE fairdraw_data.deadline_rule SET length = 21 WHERE rule = 'result-publication-check';
SELECT pg_temp.total('[2025-01-01,2025-12-31]', $$SELECT 'V' AS visit, 'E' AS uid, '城西' AS grp, date '2025-03-03' AS done_on, date '2025-04-01' AS published_on$$);
ROLLBACK;

--
-- Columns that are absent leave their indicators out
--
SELECT columns, (SELECT string_agg(indicator || ' ' || numerator || '/' || denominator, ', ') FROM coverage(format('SELECT %s FROM checks', columns), 'SELECT grp, enterprises FROM base', '[2025-01-01,2025-12-31]') WHERE grp IS NULL)
FROM unnest(ARRAY['grp, visit, uid', 'grp, visit, uid, item', 'grp, visit, uid, done_on', 'grp, visit, uid, done_on, joint IS TRUE AS joint', 'grp, visit, uid, done_on, random, joint', 'grp, visit, uid, done_on, mobile',
    'grp, visit, uid, code, done_on', 'grp, visit, uid, published_on', 'grp, visit, uid, publish_due, published_on']) columns;
SELECT columns, (SELECT string_agg(indicator || ' ' || numerator || '/' || denominator, ', ') FROM coverage('SELECT grp, visit, uid, item FROM checks', format('SELECT %s FROM base', columns), '[2025-01-01,2025-12-31]') WHERE grp IS NULL)
FROM unnest(ARRAY['grp, enterprises', 'grp, enterprises, items', 'grp, enterprises, planned']) columns;
-- no checks at all
SELECT * FROM coverage('SELECT * FROM checks WHERE false', 'SELECT 7 AS enterprises, ''城西'' AS grp');
SELECT * FROM coverage('SELECT visit, uid FROM checks WHERE false', 'SELECT 7 AS enterprises');

--
-- Targets
--
-- exactly at its target: at least is met, more than is not; whatever the rounded ratio says
SELECT c.comparator, value, numerator, denominator, ratio, met
FROM (VALUES (1, 3), (2, 3), (1, 2000000), (33, 100), (0, 7), (7, 7)) f (n, d),
    LATERAL (VALUES ('0'), ('0.33'), ('0.333333'), ('0.3333333333333333333333333'), ('0.0000005'), ('0.00000049999999'), ('0.666667'), ('1')) t (value),
    unnest('{>=,>,<=,<,=}'::text[]) sign,
    LATERAL (SELECT * FROM coverage(format('SELECT i AS visit, i AS uid FROM generate_series(1, %s) i', n), format('SELECT %s AS enterprises', d),
        targets => format('SELECT ''enterprises_drawn'' AS indicator, %s AS value, %L AS comparator', value, sign))) c
WHERE abs(n::numeric / d - value::numeric) < 0.00001 ORDER BY n::numeric / d, value, c.comparator COLLATE "C";
-- a target holds for every group and the total, one for a group before it
SELECT grp, indicator, numerator, denominator, target, comparator, met FROM coverage('SELECT grp, visit, uid, item, done_on FROM checks', 'TABLE base', '[2025-01-01,2025-12-31]',
    $$SELECT * FROM (VALUES ('items_covered', 0.25, '>=', NULL), ('items_covered', 0.5, '>', '城东'), ('completed', 1, '>=', '城西')) t (indicator, value, comparator, grp)$$);
-- a target whose columns are absent does not vanish; a denominator of 0 is not judged
SELECT grp, indicator, numerator, denominator, ratio, target, comparator, met FROM coverage('SELECT grp, visit, uid, random FROM checks WHERE grp = ''城东''', 'SELECT grp, enterprises FROM base WHERE grp <> ''城西''', NULL,
    $$SELECT * FROM (VALUES ('mobile', 1, '>=', NULL), ('joint', 0.3, '>=', '城东'), ('random_share', 0.4, '>=', NULL), ('enterprises_drawn', 0.03, '>=', NULL)) t (indicator, value, comparator, grp)$$);
-- those that ship
SELECT year, agency, indicator, comparator, value, due, source, t.verified FROM fairdraw_data.indicator_target t JOIN fairdraw_data.indicator i USING (indicator) ORDER BY year, agency, i.position;
SELECT indicator, numerator, denominator, ratio, target, comparator, met FROM coverage('TABLE checks', 'TABLE base', '[2025-01-01,2025-12-31]', 'SELECT * FROM fairdraw_data.indicator_target WHERE year = 2023') WHERE grp IS NULL;
-- indicators in words, in the order of the result (the list of keys is the same: no rows)
SELECT position, indicator, label, numerator, denominator, basis FROM fairdraw_data.indicator ORDER BY position;
SELECT label_en, numerator_en, denominator_en FROM fairdraw_data.indicator ORDER BY position;
SELECT indicator FROM (SELECT row_number() OVER () AS position, indicator FROM coverage('TABLE checks', 'TABLE base', '[2025-01-01,2025-12-31]') WHERE grp IS NULL) c
EXCEPT ALL SELECT indicator FROM fairdraw_data.indicator;
SELECT position, indicator FROM (SELECT row_number() OVER () AS position, indicator FROM coverage('TABLE checks', 'TABLE base', '[2025-01-01,2025-12-31]') WHERE grp IS NULL) c
EXCEPT ALL SELECT position, indicator FROM fairdraw_data.indicator;

--
-- What does not matter: the order of rows, the path of the caller, DateStyle
--
CREATE SCHEMA planted;
CREATE FUNCTION planted.not_less(date, date) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR planted.>= (FUNCTION = planted.not_less, LEFTARG = date, RIGHTARG = date);
CREATE FUNCTION planted.max(date) RETURNS date LANGUAGE sql AS 'SELECT NULL::date';
CREATE TEMP TABLE answer AS SELECT * FROM coverage('TABLE checks', 'TABLE base', '[2025-01-01,2025-12-31]');
SET search_path = planted, pg_catalog, public;
SET datestyle = 'SQL, DMY';
(SELECT * FROM fairdraw.coverage('SELECT * FROM checks ORDER BY closed_on, code, visit DESC; -- backwards', 'SELECT * FROM base ORDER BY 2', '[2025-01-01,2025-12-31]') EXCEPT TABLE answer)
UNION ALL (TABLE answer EXCEPT SELECT * FROM fairdraw.coverage('TABLE checks', 'TABLE base', '[2025-01-01,2025-12-31]'));
SET datestyle = 'ISO';
SET search_path = fairdraw, public;
-- ids are told apart by their bytes, whatever the collation; blanks at the end of char(n) are none
CREATE COLLATION planted.nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT grp, indicator, numerator, denominator FROM coverage($$SELECT v COLLATE planted.nocase AS visit, 'E' AS uid, g COLLATE planted.nocase AS grp, NULL::date AS done_on FROM (VALUES ('v', 'g'), ('V', 'g'), ('v', 'G')) f (v, g)$$,
    $$SELECT g::char(3) AS grp, 1 AS enterprises FROM (VALUES ('G'), ('g')) f (g)$$);
DROP SCHEMA planted CASCADE;
