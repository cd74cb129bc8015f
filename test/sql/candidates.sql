--
-- assign_candidates(): who may go where
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
CREATE SCHEMA candidates;
SET search_path = candidates, fairdraw, public;
\set SHOW_CONTEXT never
\pset null -
\pset format unaligned
\pset tuples_only on

CREATE TABLE staff (inspector text, max_load integer, min_load integer, tags text[], station text, lead boolean, senior boolean,
                    exclusion_group text, licence_from date, licence_to date, on_duty text);
INSERT INTO staff VALUES
    ('王一', NULL, NULL, '{食品,电梯}', NULL, true, true, NULL, NULL, NULL, NULL),
    ('Ann', 9, 1, '{食品}', '城关所', false, false, '王家', NULL, NULL, NULL),
    ('bob', 0, 0, '{食品,电梯,特种}', '城关所', NULL, NULL, NULL, NULL, NULL, NULL),
    ('Eve', 3, NULL, '{电梯}', '新城所', NULL, false, '王家', '2026-03-01', '2026-03-31', NULL),
    ('李四', 3, NULL, '{}', '新城所', true, NULL, NULL, NULL, NULL, '2026-03-02 2026-03-09..2026-03-13'),
    ('周五', 3, NULL, NULL, '老城所', false, true, NULL, '2026-03-10', NULL, '2026-03-20 2026-03-01..2026-03-05 2026-03-04..2026-03-12');

-- everybody, by default
SELECT * FROM assign_candidates($$SELECT 'v1' AS visit, DATE '2026-03-11' AS day$$, 'TABLE staff');
-- without the day of a visit licences and duties cannot be judged
SELECT * FROM assign_candidates($$SELECT 'v1' AS visit$$, 'TABLE staff');
\echo :LAST_ERROR_SQLSTATE

--
-- Scopes
--
CREATE FUNCTION who(visit text, rules jsonb DEFAULT '{}', recusals text DEFAULT NULL) RETURNS TABLE (excluded text, inspectors text) LANGUAGE sql AS $$
    SELECT excluded, string_agg(inspector || coalesce(': ' || detail, ''), ', ' ORDER BY ordinality)
    FROM assign_candidates(visit, 'TABLE staff', rules, recusals) WITH ORDINALITY GROUP BY excluded ORDER BY excluded NULLS FIRST
$$;
\set visit 'SELECT ''v1'' AS visit, ''u1'' AS uid, DATE ''2026-03-11'' AS day, ''城关所'' AS station, ''{新城所,老城所}''::text[] AS stations'
SELECT * FROM who(:'visit', '{"scope": "bureau"}');
SELECT * FROM who(:'visit', '{"scope": "bureau+station"}');
SELECT * FROM who(:'visit', '{"scope": "stations"}');
SELECT * FROM who(:'visit', '{"scope": "station"}');
SELECT * FROM who(:'visit', '{"scope": "across"}');
-- a station without anybody
SELECT * FROM who('SELECT 1 AS visit', '{"scope": "station", "station": "无人所"}');
SELECT * FROM who('SELECT 1 AS visit', '{"scope": "bureau+station", "station": "无人所"}');
SELECT * FROM who('SELECT 1 AS visit', '{"scope": "across", "station": "无人所", "day": "2026-03-11"}');
SELECT * FROM who('SELECT 1 AS visit', '{"scope": "stations", "stations": ["无人所"]}');
-- what a visit says goes before the rules
SELECT * FROM who('SELECT 1 AS visit, ''station'' AS scope, ''新城所''::varchar AS station', '{"scope": "across", "station": "城关所", "day": "2026-03-11"}');
SELECT visit, string_agg(inspector, ' ' ORDER BY ordinality) FROM assign_candidates(
    $$SELECT * FROM (VALUES ('own', 'station', '新城所', NULL), ('given', NULL, NULL, NULL), ('listed', 'stations', NULL, '老城所 城关所')) AS v (visit, scope, station, stations)$$,
    'TABLE staff', '{"scope": "across", "station": "老城所", "day": "2026-03-11", "excluded": false}') WITH ORDINALITY GROUP BY visit ORDER BY visit;

--
-- Tags
--
SELECT * FROM who(:'visit', '{"tags": ["电梯"]}');
SELECT * FROM who(:'visit', '{"tags": "食品 电梯 特种"}');
SELECT * FROM who(:'visit', '{"tags": ["食品", "无人"]}');
SELECT * FROM who(:'visit', '{"tags": []}');
-- a list without words says that none is needed
SELECT * FROM who(:'visit' || ', '''' AS tags', '{"tags": ["电梯"]}');
SELECT inspector, groups FROM assign_candidates(:'visit' || ', ''{食品,电梯}''::text[] AS one_tags', 'TABLE staff');
SELECT inspector, groups FROM assign_candidates(:'visit', 'TABLE staff', '{"one_tags": "无人"}');
SELECT inspector, groups FROM assign_candidates(:'visit', 'TABLE staff', '{"one_tags": []}') LIMIT 1;

--
-- Days
--
SELECT to_char(d, 'MM-DD'), e, i FROM unnest('{2026-02-28,2026-03-01,2026-03-02,2026-03-05,2026-03-06,2026-03-09,2026-03-10,2026-03-12,2026-03-13,2026-03-14,2026-03-20,2026-03-31,2026-04-01}'::date[]) AS d,
    LATERAL who(format('SELECT 1 AS visit, DATE %L AS day', d)) AS w (e, i) WHERE e IN ('licence', 'off_duty') ORDER BY d, e;
-- a day that is not looked at need not be known
SELECT * FROM who('SELECT 1 AS visit', '{"tags": ["食品"]}');

--
-- Recusals
--
\set recusals 'SELECT * FROM (VALUES (''u1'', ''王一'', NULL, ''亲属''), (''u1'', NULL, ''王家'', NULL), (''u2'', ''李四'', NULL, NULL), (''u1'', ''Ann'', NULL, ''曾任职''), (''u3'', NULL, ''王家'', ''股东'')) AS r (uid, inspector, exclusion_group, reason)'
SELECT * FROM who(:'visit', '{}', :'recusals');
SELECT * FROM who('SELECT ''v2'' AS visit, ''u2'' AS uid, DATE ''2026-03-11'' AS day', '{}', :'recusals');
-- without a uid the visit is the uid
SELECT * FROM who('SELECT ''u3'' AS visit, DATE ''2026-03-11'' AS day', '{}', :'recusals');
SELECT * FROM who('SELECT ''u3'' AS visit, ''u4'' AS uid, DATE ''2026-03-11'' AS day', '{}', :'recusals');
-- of several reasons that of the inspector himself counts, then the first
SELECT inspector, detail FROM assign_candidates(:'visit', 'TABLE staff', '{}',
    'SELECT ''u1'' AS uid, ''Ann'' AS inspector, NULL AS exclusion_group, unnest(''{丙,乙,NULL,甲}''::text[]) AS reason UNION ALL VALUES (''u1'', NULL, ''王家'', ''丁''), (''u1'', NULL, ''王家'', ''一'')')
    WHERE excluded = 'recused';
SELECT * FROM who(:'visit', '{}', 'SELECT ''u1'' AS uid, ''Ann'' AS inspector');
SELECT * FROM who(:'visit', '{}', 'SELECT ''u1'' AS uid, ''王家'' AS exclusion_group WHERE false');

--
-- The first reason counts; the order of rows
--
SELECT inspector, excluded FROM assign_candidates(:'visit', $$
    SELECT * FROM (VALUES (1, '新城所', 'a', DATE '2027-01-01', '2026-01-01', 0), (2, '城关所', 'a', '2027-01-01', '2026-01-01', 0),
                          (3, '城关所', 'a b', '2027-01-01', '2026-01-01', 0), (4, '城关所', 'b a', '2026-01-01', '2026-01-01', 0),
                          (5, '城关所', 'b', NULL, NULL, 0), (6, '城关所', 'b', NULL, NULL, 1), (7, '城关所', 'b', NULL, NULL, NULL))
    AS s (inspector, station, tags, licence_from, on_duty, max_load)$$,
    '{"scope": "station", "tags": ["b"]}', 'SELECT ''u1'' AS uid, i AS inspector FROM generate_series(1, 6) AS i');
SELECT visit, inspector FROM assign_candidates('SELECT unnest(''{乙,b,a,B,甲}''::text[]) AS visit', 'SELECT unnest(''{乙,b,B}''::text[]) AS inspector');
SELECT visit, inspector FROM assign_candidates('SELECT i AS visit FROM generate_series(9, 11) AS i', 'SELECT i AS inspector FROM generate_series(9, 10) AS i');
-- "need" may stand beside the other columns
SELECT count(*) FROM assign_candidates('SELECT i AS visit, i AS need, now() AS loaded FROM generate_series(1, 3) AS i', 'SELECT 1 AS inspector, 2 AS floor');
-- only eligible pairs: the same rows, whatever the scope
SELECT scope, (SELECT count(*) FROM assign_candidates(v, 'TABLE staff', rules, :'recusals')) AS pairs,
    (SELECT array_agg(c) FROM assign_candidates(v, 'TABLE staff', rules || '{"excluded": false}', :'recusals') AS c)
    IS NOT DISTINCT FROM (SELECT array_agg(c) FROM assign_candidates(v, 'TABLE staff', rules, :'recusals') AS c WHERE excluded IS NULL) AS same
FROM unnest('{bureau,bureau+station,stations,station,across}'::text[]) AS scope,
    LATERAL (SELECT jsonb_build_object('scope', scope, 'tags', '电梯', 'station', '老城所', 'stations', '新城所 老城所', 'day', '2026-03-11')) AS r (rules),
    (VALUES ('SELECT * FROM (VALUES (''u1''), (''u2''), (''u3'')) AS v (visit)')) AS q (v);

--
-- A plain SQL oracle over random rules
--
CREATE TABLE many_staff AS
    SELECT 'i' || i AS inspector, NULLIF((r[1] * 4)::int, 4) AS max_load,
           (SELECT string_agg('t' || t, ' ') FROM generate_series(1, 5) AS t WHERE (i * (t + 2)) % 7 < 4) AS tags,
           NULLIF('s' || (r[2] * 5)::int, 's5') AS station, r[3] < 0.3 AS lead, CASE WHEN r[4] < 0.7 THEN r[4] < 0.3 END AS senior,
           CASE WHEN r[5] < 0.3 THEN 'g' || (r[5] * 10)::int END AS exclusion_group,
           CASE WHEN r[6] < 0.4 THEN DATE '2026-01-01' + (r[6] * 100)::int END AS licence_from,
           CASE WHEN r[7] < 0.4 THEN DATE '2026-02-15' + (r[7] * 100)::int END AS licence_to,
           CASE WHEN r[8] < 0.5 THEN ARRAY[to_char(DATE '2026-01-01' + (r[8] * 100)::int, 'YYYY-MM-DD..') || to_char(DATE '2026-02-01' + (r[8] * 100)::int, 'YYYY-MM-DD'),
                                          '2026-03-0' || (1 + i % 9)] END AS on_duty
    FROM generate_series(1, 200) AS i,
        LATERAL (SELECT array_agg(('x' || substr(md5(i || '/' || k), 1, 8))::bit(32)::bigint / 4294967295.0) FROM generate_series(1, 8) AS k) AS v (r);
CREATE TABLE many_visits AS
    SELECT 'v' || i AS visit, 'u' || i % 60 AS uid, DATE '2026-01-01' + i % 90 AS day,
           (ARRAY['bureau', 'bureau+station', 'stations', 'station', 'across'])[1 + i % 5] AS scope, 's' || i % 7 AS station,
           ARRAY['s' || i % 5, 's' || i % 6] AS stations,
           CASE WHEN i % 3 > 0 THEN ARRAY['t' || 1 + i % 6, 't' || 1 + i % 4] END AS tags, 't' || i % 5 AS one_tags
    FROM generate_series(1, 150) AS i;
CREATE TABLE many_recusals AS
    SELECT 'u' || i % 70 AS uid, CASE WHEN i % 3 > 0 THEN 'i' || 1 + i % 200 END AS inspector,
           CASE WHEN i % 3 = 0 THEN (SELECT min(exclusion_group) FROM many_staff WHERE exclusion_group >= 'g' || i % 3) END AS exclusion_group
    FROM generate_series(1, 2000, 3) AS i UNION ALL
    SELECT 'u' || i, NULL, exclusion_group FROM generate_series(1, 40, 3) AS i, (SELECT max(exclusion_group) FROM many_staff) AS g (exclusion_group);
CREATE VIEW oracle AS
    SELECT v.visit, s.inspector,
        CASE WHEN NOT CASE v.scope WHEN 'bureau' THEN true
                                   WHEN 'bureau+station' THEN s.station IS NULL OR s.station = v.station
                                   WHEN 'stations' THEN coalesce(s.station = ANY (v.stations), false)
                                   WHEN 'station' THEN coalesce(s.station = v.station, false)
                                   WHEN 'across' THEN coalesce(s.station <> v.station, false) END THEN 'scope'
             WHEN NOT coalesce(v.tags, '{}') <@ string_to_array(coalesce(s.tags, ''), ' ') THEN 'unqualified'
             WHEN v.day < s.licence_from OR v.day > s.licence_to THEN 'licence'
             WHEN s.on_duty IS NOT NULL AND NOT EXISTS (SELECT FROM unnest(s.on_duty) AS d
                  WHERE v.day BETWEEN split_part(d, '..', 1)::date AND coalesce(NULLIF(split_part(d, '..', 2), ''), d)::date) THEN 'off_duty'
             WHEN s.max_load = 0 THEN 'no_load'
             WHEN EXISTS (SELECT FROM many_recusals r WHERE r.uid = v.uid AND (r.inspector = s.inspector OR r.exclusion_group = s.exclusion_group)) THEN 'recused' END AS excluded,
        array_remove(ARRAY[CASE WHEN s.lead THEN 'lead' END, CASE s.senior WHEN true THEN 'senior' WHEN false THEN 'junior' END,
                           CASE WHEN s.station IS NULL THEN 'bureau' ELSE 'station' END,
                           CASE WHEN v.one_tags = ANY (string_to_array(s.tags, ' ')) THEN 'qualified' END], NULL) AS groups
    FROM many_visits v, many_staff s;
CREATE TABLE found AS SELECT * FROM assign_candidates('TABLE many_visits', 'TABLE many_staff', '{}', 'TABLE many_recusals') WITH ORDINALITY;
SELECT excluded, count(*) FROM found GROUP BY excluded ORDER BY excluded;
SELECT count(*) AS differences FROM found FULL JOIN oracle USING (visit, inspector)
WHERE found.excluded IS DISTINCT FROM oracle.excluded OR found.groups IS DISTINCT FROM oracle.groups;
SELECT count(*) AS out_of_order FROM (SELECT ordinality, row_number() OVER (ORDER BY visit COLLATE "C", inspector COLLATE "C") FROM found) AS f WHERE ordinality <> row_number;
SELECT count(*) AS eligible, count(*) FILTER (WHERE o.visit IS NULL) AS differences
FROM assign_candidates('TABLE many_visits', 'TABLE many_staff', '{"excluded": false}', 'TABLE many_recusals') AS f
    LEFT JOIN oracle AS o ON (o.visit, o.inspector, o.groups) = (f.visit, f.inspector, f.groups) AND o.excluded IS NULL;
-- the order of what goes in does not matter
SELECT count(*) AS differences FROM found FULL JOIN assign_candidates('SELECT * FROM many_visits ORDER BY md5(visit)', 'SELECT * FROM many_staff ORDER BY md5(inspector)', '{}',
    'SELECT * FROM many_recusals ORDER BY uid DESC, inspector') AS other USING (visit, inspector)
WHERE (found.excluded, found.groups, found.detail) IS DISTINCT FROM (other.excluded, other.groups, other.detail);

--
-- What is refused
--
CREATE FUNCTION refusal(visits text, staff text DEFAULT 'SELECT 1 AS inspector', rules jsonb DEFAULT '{}', recusals text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    PERFORM assign_candidates(visits, staff, rules, recusals);
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(E'\n', SQLSTATE || ' ' || SQLERRM, NULLIF(detail, ''), NULLIF(hint, ''));
END
$$;
-- of a visit, an inspector, a recusal with one more column
CREATE FUNCTION visit(columns text) RETURNS text LANGUAGE sql AS $$ SELECT refusal('SELECT ''甲'' AS visit, ' || columns) $$;
CREATE FUNCTION inspector(columns text) RETURNS text LANGUAGE sql AS $$ SELECT refusal('SELECT 1 AS visit', 'SELECT ''王'' AS inspector, ' || columns) $$;
CREATE FUNCTION recusal(columns text) RETURNS text LANGUAGE sql AS $$ SELECT refusal('SELECT 1 AS visit', 'SELECT ''王'' AS inspector, ''家'' AS exclusion_group', '{}', 'SELECT ' || columns) $$;
CREATE FUNCTION rules(rules jsonb) RETURNS text LANGUAGE sql AS $$ SELECT refusal('SELECT 1 AS visit', rules => rules) $$;

-- queries
SELECT refusal(NULL);
SELECT refusal('SELECT 1 AS visit', NULL);
SELECT refusal('SELECT 1 AS visit', rules => NULL);
SELECT refusal('SELECT 1 AS v');
SELECT refusal('SELECT 1 AS visit', 'SELECT 1 AS i');
SELECT recusal('1 AS u');
SELECT refusal('SELECT 1 AS visit WHERE false');
SELECT refusal('SELECT 1 AS visit', 'SELECT 1 AS inspector WHERE false');
SELECT refusal('SELECT NULL AS visit');
SELECT refusal('SELECT '''' AS visit');
SELECT refusal('SELECT i % 2 AS visit FROM generate_series(1, 3) AS i');
SELECT refusal('SELECT 1 AS visit', 'SELECT NULL AS inspector');
SELECT refusal('SELECT 1 AS visit', 'SELECT '' a'' AS inspector');
SELECT refusal('SELECT 1 AS visit', 'SELECT i % 2 AS inspector FROM generate_series(1, 3) AS i');
SELECT refusal('SELECT 1 AS visit; SELECT 2');
SELECT refusal('DELETE FROM staff RETURNING 1 AS visit');
SELECT visit('1 AS visit');

-- visits
SELECT visit('0 AS need');
SELECT visit('''x'' AS scope');
SELECT visit('''stations'' AS scope');
SELECT visit('''station'' AS scope');
SELECT visit('''across'' AS scope');
SELECT visit('''bureau+station'' AS scope');
SELECT visit(''''' AS station');
SELECT visit(''''' AS stations');
SELECT visit('''{}''::text[] AS stations');
SELECT visit('''a  b'' AS tags');
SELECT visit(''' a'' AS tags');
SELECT visit('''{a b}''::text[] AS tags');
SELECT visit('''{a,""}''::text[] AS one_tags');
SELECT visit('''{a,NULL}''::text[] AS tags');
SELECT visit('''a'' || chr(8203) AS tags') ~ '^ZF014 .*U\+200B';
SELECT visit('1 AS tags');
SELECT visit('DATE ''infinity'' AS day');
SELECT visit('DATE ''10000-01-01'' AS day');
SELECT visit('''2026-03-01'' AS day');

-- inspectors
SELECT inspector('-1 AS max_load');
SELECT inspector('-1 AS min_load');
SELECT inspector('2 AS max_load, 3 AS min_load');
SELECT inspector('3 AS min_load');
SELECT inspector('''3'' AS max_load');
SELECT inspector('''a  b'' AS tags');
SELECT inspector(''''' AS station');
SELECT inspector(''''' AS exclusion_group');
SELECT inspector('''yes'' AS lead');
SELECT inspector('DATE ''-infinity'' AS licence_from');
SELECT inspector('DATE ''2026-03-02'' AS licence_from, DATE ''2026-03-01'' AS licence_to');
SELECT inspector(''''' AS on_duty');
SELECT inspector('''2026-02-29'' AS on_duty');
SELECT inspector('''2024-02-29'' AS on_duty, 0 AS max_load') = inspector('''1900-02-28'' AS on_duty');
SELECT inspector('''1900-02-29'' AS on_duty');
SELECT inspector('''2026-03-01..2026-04-31'' AS on_duty');
SELECT inspector('''2026-03-02..2026-03-01'' AS on_duty');
SELECT inspector('''2026-03-01 2026-3-02'' AS on_duty');
SELECT inspector('''2026-03-01...2026-03-02'' AS on_duty');
SELECT inspector('''0000-03-01'' AS on_duty');
SELECT inspector('''2026-13-01'' AS on_duty');
SELECT inspector('''{2026-03-01}''::date[] AS on_duty');

-- recusals
SELECT recusal('NULL AS uid, ''王'' AS inspector');
SELECT recusal(''''' AS uid, ''王'' AS inspector');
SELECT recusal('1 AS uid');
SELECT recusal('1 AS uid, ''王'' AS inspector, ''家'' AS exclusion_group');
SELECT recusal('1 AS uid, ''张'' AS inspector');
SELECT recusal('1 AS uid, ''他'' AS exclusion_group');
SELECT recusal('1 AS uid, ''王'' AS inspector');

-- rules
SELECT rules('[]');
SELECT rules('3');
SELECT rules('{"need": 2}');
SELECT rules('{"scopes": "bureau"}');
SELECT rules('{"scope": "Bureau"}');
SELECT rules('{"scope": 1}');
SELECT rules('{"scope": "stations"}');
SELECT rules('{"day": "2026-02-30"}');
SELECT rules('{"day": "2026-02-03 "}');
SELECT rules('{"station": ["a"]}');
SELECT rules('{"station": ""}');
SELECT rules('{"stations": []}');
SELECT rules('{"tags": {"a": 1}}');
SELECT rules('{"tags": [1]}');
SELECT rules('{"tags": [["a"]]}');
SELECT rules('{"tags": ["a b"]}');
SELECT rules('{"tags": [""]}');
SELECT rules('{"tags": "a  b"}');
SELECT rules('{"excluded": "no"}');
SELECT rules('{"scope": null, "tags": null, "day": null}');

DROP SCHEMA candidates CASCADE;
