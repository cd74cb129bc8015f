--
-- A lottery of inspectors in a ceremony: committed before the entropy exists,
-- executed when the draws are, and recomputed by whoever wants to
-- (doc/assignment.md).  All of it is a rehearsal.
--
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
SET timezone = 'UTC';
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
\pset null -
SELECT fairdraw.setup('某县市场监督管理局');

-- a text as it is hashed: from its rows, each with a line feed
CREATE FUNCTION pg_temp.whole(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    lines text;
BEGIN
    EXECUTE format('SELECT string_agg(line || E''\n'', '''' ORDER BY n) FROM fairdraw.%s WITH ORDINALITY AS t (line, n)', call) INTO lines;
    RETURN lines;
END
$$;
CREATE FUNCTION pg_temp.h(line text) RETURNS text IMMUTABLE
    RETURN encode(sha256(convert_to(line, 'UTF8')), 'hex');

--
-- Two draws and a lottery in which every byte is known: no secret, open weights,
-- and the salts of the data, else random, are set
--
CREATE TEMP TABLE register (uid text, trade text, district text);
INSERT INTO register VALUES
    ('F-1', 'food', '东城'), ('F-2', 'food', '东城'), ('F-3', 'food', '东城'), ('F-4', 'food', '东城'),
    ('F-5', 'food', '西城'), ('F-6', 'food', '西城'), ('F-7', 'food', '西城'), ('F-8', 'food', '西城'),
    ('L-1', 'lift', '东城'), ('L-2', 'lift', '西城'), ('L-3', 'lift', '西城'), ('L-4', 'lift', '东城');
CREATE TEMP TABLE staff (inspector text, station text, lead boolean, tags text, max_load integer, exclusion_group text, phone text);
INSERT INTO staff VALUES
    ('陈', NULL, true, 'food lift', NULL, NULL, '1'), ('周', NULL, true, 'lift', NULL, NULL, '2'),
    ('吴', NULL, false, 'lift', NULL, NULL, '3'), ('郑', NULL, false, 'food lift', 1, NULL, '4'),
    ('李', '东城', true, 'food', NULL, NULL, '5'), ('王', '东城', false, 'food lift', NULL, '王家', '6'),
    ('赵', '西城', true, 'food', NULL, NULL, '7'), ('孙', '西城', false, 'food lift', NULL, '王家', '8');
CREATE TEMP TABLE rule (draw text, scope text, tags text, need integer);
INSERT INTO rule VALUES (NULL, NULL, NULL, 2), ('lesson/food', 'bureau+station', 'food', NULL), ('lesson/lift', NULL, 'lift', 3);

SELECT fairdraw.open_ceremony('lesson', ARRAY[
    'dice local 16 2026-03-05T06:00:00Z ##### five ten-sided dice, left to right',
    'ssq public 40 2026-03-05T13:30:00Z @@@@@@@@@@ a beacon'],
    'https://example.org/ceremonies', '2026-05-01', secret => false, rehearsal => true);
SELECT fairdraw.commit_draw('lesson', 'lesson/food', $$SELECT uid, district AS stratum FROM register WHERE trade = 'food'$$,
    '{"东城": {"n": 2, "reserve": 2}, "西城": {"n": 2, "reserve": 1}}', sealed => false);
SELECT fairdraw.commit_draw('lesson', 'lesson/lift', $$SELECT uid, trade AS stratum FROM register WHERE trade = 'lift'$$, '2', sealed => false);
CREATE TEMP TABLE recusal (uid text, inspector text, exclusion_group text, reason text);
INSERT INTO recusal VALUES ('F-1', '郑', NULL, '店主之兄'), ('F-5', '陈', NULL, NULL), ('F-8', NULL, '王家', '房东'), ('L-2', NULL, '王家', '股东');
SELECT fairdraw.commit_data('lesson', 'staff', 'TABLE staff') IS NOT NULL,
       fairdraw.commit_data('lesson', 'rules', 'TABLE rule') IS NOT NULL,
       fairdraw.commit_data('lesson', 'recusals', 'TABLE recusal') IS NOT NULL;
ALTER TABLE fairdraw_data.data_set DISABLE TRIGGER fairdraw_guard;
UPDATE fairdraw_data.data_set SET salt = repeat('5a', 16);
UPDATE fairdraw_data.data_set SET hash = pg_temp.h(pg_temp.whole(format('data_text(%L, %L)', ceremony, name)));
ALTER TABLE fairdraw_data.data_set ENABLE ALWAYS TRIGGER fairdraw_guard;

-- committed is what is drawn for, who can be sent, by which rules; returned is the hash of the text
SELECT fairdraw.commit_lottery('lesson', 'lesson/teams', ARRAY['lesson/lift', 'lesson/food'], 'staff', 'rules', 'recusals',
    '{"groups": {"lead": {"min": 1}, "bureau": {"max": 2}}, "substitutes": 2, "precision_bits": 16}') AS lottery_hash \gset
SELECT fairdraw.lottery_text('lesson/teams');
SELECT :'lottery_hash' = pg_temp.h(pg_temp.whole('lottery_text(''lesson/teams'')')) AS "it is the hash of the text";

-- the ceremony names it, so that its hash covers it
SELECT fairdraw.seal_ceremony('lesson');
SELECT fairdraw.ceremony_text('lesson');

-- whatever happens to the staff from now on has no influence
UPDATE staff SET max_load = 0;

SELECT fairdraw.execute_ceremony('lesson', '{"dice": "01382", "ssq": "0123456789"}');
SELECT uid, stratum, role FROM fairdraw.selection('lesson/food') UNION ALL SELECT uid, stratum, role FROM fairdraw.selection('lesson/lift') ORDER BY 1;

-- the teams, and everything about them as texts
SELECT fairdraw.execute_lottery('lesson/teams') AS teams_hash \gset
SELECT fairdraw.chances_text('lesson/teams');
SELECT fairdraw.teams_text('lesson/teams');
SELECT :'teams_hash' = pg_temp.h(pg_temp.whole('teams_text(''lesson/teams'')')) AS "returned is the hash of the teams";
SELECT * FROM fairdraw.teams('lesson/teams');
SELECT * FROM fairdraw.substitutes('lesson/teams');
SELECT jsonb_pretty(fairdraw.lottery_metrics('lesson/teams'));
SELECT * FROM fairdraw.verify_lottery('lesson/teams');

-- the bundles are these texts, one after another; the seed comes when it is public, the data for the auditor only
SELECT pg_temp.whole('export_lottery(''lesson/teams'')') =
    pg_temp.whole('ceremony_text(''lesson'')') || pg_temp.whole('lottery_text(''lesson/teams'')')
    || pg_temp.whole('result_text(''lesson/food'')') || pg_temp.whole('result_text(''lesson/lift'')')
    || pg_temp.whole('chances_text(''lesson/teams'')') || pg_temp.whole('teams_text(''lesson/teams'')') AS "public";
SELECT pg_temp.whole('export_lottery(''lesson/teams'', ''auditor'')') =
    pg_temp.whole('ceremony_text(''lesson'')') || pg_temp.whole('lottery_text(''lesson/teams'')')
    || pg_temp.whole('data_text(''lesson'', ''recusals'')') || pg_temp.whole('data_text(''lesson'', ''rules'')') || pg_temp.whole('data_text(''lesson'', ''staff'')')
    || pg_temp.whole('seed_text(''lesson'')')
    || pg_temp.whole('result_text(''lesson/food'')') || pg_temp.whole('result_text(''lesson/lift'')')
    || pg_temp.whole('chances_text(''lesson/teams'')') || pg_temp.whole('teams_text(''lesson/teams'')') AS "for the auditor";
SELECT fairdraw.disclose_seed('lesson');
SELECT pg_temp.whole('export_lottery(''lesson/teams'')') =
    pg_temp.whole('ceremony_text(''lesson'')') || pg_temp.whole('lottery_text(''lesson/teams'')') || pg_temp.whole('seed_text(''lesson'')')
    || pg_temp.whole('result_text(''lesson/food'')') || pg_temp.whole('result_text(''lesson/lift'')')
    || pg_temp.whole('chances_text(''lesson/teams'')') || pg_temp.whole('teams_text(''lesson/teams'')') AS "public, with the seed";

--
-- The most specific rule that says something: uid before stratum before draw
--
CREATE TEMP TABLE unit AS
SELECT d AS draw, 'u' || i AS uid, CASE WHEN i <= 3 THEN 'p' ELSE 'q' END AS stratum FROM unnest('{rules/a,rules/b,rules/c,rules/d}'::text[]) d, generate_series(1, 5) i;
CREATE TEMP TABLE rule_of_unit (draw text, stratum text, uid text, need integer, station text);
INSERT INTO rule_of_unit VALUES
    (NULL, NULL, NULL, 1, NULL), ('rules/a', NULL, NULL, 2, NULL), (NULL, 'p', NULL, 3, NULL), ('rules/a', 'p', NULL, 4, NULL),
    (NULL, NULL, 'u1', 5, NULL), ('rules/a', NULL, 'u1', 6, NULL), (NULL, 'p', 'u2', 7, NULL), ('rules/a', 'p', 'u2', 8, NULL),
    ('rules/b', NULL, 'u5', NULL, 'elsewhere'), ('rules/x', 'q', 'u4', 9, NULL), ('rules/a', 'q', 'u3', 10, NULL);
SELECT fairdraw.open_ceremony('rules', ARRAY['beacon public 64 2026-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'], 'x', '2026-05-01', rehearsal => true);
SELECT count(fairdraw.commit_draw('rules', d, format('SELECT uid, stratum FROM unit WHERE draw = %L', d), '{"p": 3, "q": 2}'))
FROM unnest('{rules/a,rules/b,rules/c,rules/d}'::text[]) d;
-- ten of the bureau, two of station q, one each of p and r
CREATE TEMP TABLE place (stratum text, uid text, need integer, scope text, station text, stations text);
INSERT INTO place VALUES
    ('p', NULL, NULL, 'bureau+station', NULL, NULL), (NULL, 'u2', NULL, 'stations', NULL, 'r q none'), (NULL, 'u3', NULL, 'across', NULL, NULL),
    ('q', NULL, NULL, 'station', NULL, NULL), (NULL, 'u5', 1, NULL, 'r', NULL);
SELECT fairdraw.commit_data('rules', 'staff', $$SELECT 'P' || to_char(i, 'FM00') AS inspector, (ARRAY['q', 'q', 'p', 'r'])[i - 10] AS station FROM generate_series(1, 14) i$$) IS NOT NULL,
       fairdraw.commit_data('rules', 'need', 'TABLE rule_of_unit') IS NOT NULL,
       fairdraw.commit_data('rules', 'place', 'TABLE place') IS NOT NULL;
SELECT fairdraw.commit_lottery('rules', 'rules/need', '{rules/b,rules/a}', 'staff', 'need', NULL) IS NOT NULL,
       fairdraw.commit_lottery('rules', 'rules/none', '{rules/c}', 'staff', NULL, NULL) IS NOT NULL,
       fairdraw.commit_lottery('rules', 'rules/place', '{rules/d}', 'staff', 'place', NULL) IS NOT NULL;
SELECT fairdraw.seal_ceremony('rules') IS NOT NULL;
SELECT fairdraw.execute_ceremony('rules', '{"beacon": "0123456789abcdef"}') IS NOT NULL;
SELECT count(fairdraw.execute_lottery(label)) FROM unnest('{rules/need,rules/none,rules/place}'::text[]) label;
SELECT t FROM fairdraw.chances_text('rules/need') t WHERE t LIKE 'visit: %';
-- by plain SQL it is the same (no rows)
SELECT format(E'visit: %s\t%s\t%s', u.draw, u.uid,
    (SELECT r.need FROM rule_of_unit r
     WHERE r.need IS NOT NULL AND coalesce(r.draw, u.draw) = u.draw AND coalesce(r.stratum, u.stratum) = u.stratum AND coalesce(r.uid, u.uid) = u.uid
     ORDER BY r.uid IS NULL, r.stratum IS NULL, r.draw IS NULL LIMIT 1)) FROM unit u WHERE u.draw < 'rules/c'
EXCEPT SELECT * FROM fairdraw.chances_text('rules/need');
-- without rules: two at each visit, and everybody may come (5 visits, 14 inspectors)
SELECT t FROM fairdraw.chances_text('rules/none') t WHERE t LIKE 'visit: %';
SELECT count(*) FROM fairdraw.chances_text('rules/none') t WHERE t LIKE 'pair: %';
-- the station of a visit is its stratum, where no rule names another
SELECT split_part(t, E'\t', 2) AS uid, string_agg(split_part(t, E'\t', 3), ' ') AS eligible FROM fairdraw.chances_text('rules/place') t WHERE t LIKE 'pair: %' GROUP BY 1 ORDER BY 1;

--
-- A larger one, with a secret and sealed weights, which are random: it is shown
-- that what is promised holds
--
CREATE TEMP TABLE firm AS
SELECT 'F' || to_char(i, 'FM000') AS uid, (ARRAY['东城', '西城', '南城'])[1 + i % 3] AS stratum, 1 + i % 5 AS weight FROM generate_series(1, 240) i;
CREATE TEMP TABLE inspector AS
SELECT 'I' || to_char(i, 'FM00') AS inspector, CASE WHEN i % 4 > 0 THEN (ARRAY['东城', '西城', '南城'])[i % 4] END AS station,
       i % 3 = 0 AS lead, CASE i % 5 WHEN 0 THEN false WHEN 1 THEN true END AS senior, 'food' || CASE WHEN i % 2 = 0 THEN ' lift' ELSE '' END || CASE WHEN i % 6 = 0 THEN ' plan' ELSE '' END AS tags,
       CASE WHEN i % 7 = 0 THEN 5 END AS max_load, CASE WHEN i % 18 = 0 THEN 1 END AS min_load,
       CASE WHEN i % 6 = 1 THEN 'family ' || i / 24 END AS exclusion_group,
       CASE WHEN i % 11 = 0 THEN date '2026-06-30' END AS licence_to, CASE WHEN i % 8 = 3 THEN '2026-07-06..2026-07-10 2026-08-01' END AS on_duty
FROM generate_series(1, 48) i;
CREATE TEMP TABLE visit_rule AS
SELECT * FROM (VALUES ('spring/food', NULL, 'bureau+station', 'food', NULL, date '2026-07-06'), ('spring/lift', NULL, NULL, 'lift', 'plan food', '2026-08-01'),
    ('spring/food', '南城', 'station', NULL, NULL, '2026-06-30')) AS r (draw, stratum, scope, tags, one_tags, day);
CREATE TEMP TABLE relative AS
SELECT f.uid, CASE WHEN i.exclusion_group IS NULL THEN i.inspector END AS inspector, i.exclusion_group, '亲属'::text AS reason
FROM (SELECT *, row_number() OVER (ORDER BY uid) AS n FROM firm) f JOIN (SELECT *, row_number() OVER (ORDER BY inspector) AS n FROM inspector) i
    ON f.n % 7 = i.n % 7 AND f.stratum IS DISTINCT FROM i.station AND i.exclusion_group IS DISTINCT FROM 'family 0';

SELECT fairdraw.open_ceremony('spring', ARRAY['dice local 16 2026-03-05T06:00:00Z ##### dice', 'beacon public 64 2026-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'],
    'x', '2026-05-01', rehearsal => true);
SELECT fairdraw.commit_draw('spring', 'spring/food', 'TABLE firm', '{"东城": {"n": 9, "reserve": 4}, "西城": {"n": 8, "reserve": 4}, "南城": {"n": 4, "reserve": 1}}') IS NOT NULL,
       fairdraw.commit_draw('spring', 'spring/lift', 'SELECT uid FROM firm WHERE uid < ''F031''', '{"all": {"n": 6, "reserve": 3}}') IS NOT NULL,
       fairdraw.commit_data('spring', 'staff', 'TABLE inspector') IS NOT NULL,
       fairdraw.commit_data('spring', 'rules', 'TABLE visit_rule') IS NOT NULL,
       fairdraw.commit_data('spring', 'recusals', 'TABLE relative') IS NOT NULL;
SELECT fairdraw.commit_lottery('spring', 'spring/teams', '{spring/food,spring/lift}', 'staff', 'rules', 'recusals',
    '{"groups": {"lead": {"min": 1}, "qualified": {"min": 1}}, "min_pool": 3, "substitutes": 3}') IS NOT NULL;
SELECT fairdraw.seal_ceremony('spring') IS NOT NULL;
SELECT fairdraw.execute_ceremony('spring', '{"dice": "01382", "beacon": "0123456789abcdef"}') IS NOT NULL;
SELECT fairdraw.execute_lottery('spring/teams') IS NOT NULL;
SELECT count(*), bool_and(ok) FROM fairdraw.verify_lottery('spring/teams');
-- visits are the drawn units, no reserve among them (no rows)
(SELECT DISTINCT draw, uid FROM fairdraw.teams('spring/teams'))
EXCEPT (SELECT d, uid FROM unnest('{spring/food,spring/lift}'::text[]) d, fairdraw.selection(d) WHERE role IN ('certain', 'drawn'));
SELECT count(DISTINCT (draw, uid)) AS visits, count(*) FILTER (WHERE role = 'team') AS places, count(*) FILTER (WHERE role = 'substitute') AS substitutes
FROM fairdraw.teams('spring/teams');

-- who may go where, by plain SQL: the reason that applies first, or none
CREATE TEMP TABLE candidate AS
SELECT v.draw, v.uid, v.stratum, i.*,
       CASE WHEN r.scope = 'bureau+station' AND i.station IS NOT NULL AND i.station <> v.stratum OR r.scope = 'station' AND i.station IS DISTINCT FROM v.stratum THEN 'scope'
            WHEN NOT string_to_array(i.tags, ' ') @> string_to_array(r.tags, ' ') THEN 'unqualified'
            WHEN r.day > i.licence_to THEN 'licence'
            WHEN i.on_duty IS NOT NULL AND r.day NOT BETWEEN '2026-07-06' AND '2026-07-10' AND r.day <> '2026-08-01' THEN 'off_duty'
            WHEN EXISTS (SELECT FROM relative x WHERE x.uid = v.uid AND (x.inspector = i.inspector OR x.exclusion_group = i.exclusion_group)) THEN 'recused'
       END AS excluded, string_to_array(i.tags, ' ') @> string_to_array(r.one_tags, ' ') AS qualified
FROM (SELECT d AS draw, uid, stratum FROM unnest('{spring/food,spring/lift}'::text[]) d, fairdraw.selection(d) WHERE role IN ('certain', 'drawn')) v,
     LATERAL (SELECT CASE WHEN stratum = '南城' THEN 'station' WHEN draw = 'spring/food' THEN 'bureau+station' ELSE 'bureau' END AS scope,
                     CASE WHEN draw = 'spring/food' THEN 'food' ELSE 'lift' END AS tags, CASE WHEN draw = 'spring/food' THEN '' ELSE 'plan food' END AS one_tags,
                     CASE WHEN draw = 'spring/lift' THEN date '2026-08-01' WHEN stratum = '南城' THEN '2026-06-30' ELSE '2026-07-06' END AS day) r,
     inspector i;
CREATE TEMP TABLE chance AS
SELECT f[1] AS draw, f[2] AS uid, f[3] AS inspector, f[4]::integer AS node, f[5]::bigint AS x, f[6] AS how
FROM fairdraw.chances_text('spring/teams') t, string_to_array(substr(t, 7), E'\t') f WHERE t LIKE 'pair: %';
CREATE TEMP TABLE chance_group AS
SELECT f[1] AS draw, f[2] AS uid, f[3]::integer AS node, f[4]::integer AS parent, f[5]::integer AS least, f[6]::integer AS largest, f[7:] AS names
FROM fairdraw.chances_text('spring/teams') t, string_to_array(substr(t, 8), E'\t') f WHERE t LIKE 'group: %';
INSERT INTO chance_group SELECT f[1], f[2], 0, NULL, f[3]::integer, f[3]::integer, '{}' FROM fairdraw.chances_text('spring/teams') t, string_to_array(substr(t, 8), E'\t') f WHERE t LIKE 'visit: %';
\set U 1048576

-- the pairs are the candidates without a reason, and no others (no rows)
(SELECT draw, uid, inspector FROM candidate WHERE excluded IS NULL EXCEPT SELECT draw, uid, inspector FROM chance)
UNION ALL (SELECT draw, uid, inspector FROM chance EXCEPT SELECT draw, uid, inspector FROM candidate WHERE excluded IS NULL);
-- every reason keeps somebody out
SELECT string_agg(DISTINCT excluded, ' ' ORDER BY excluded) FROM candidate;
-- and the metrics count them (but for the scope, which most are out of)
SELECT fairdraw.lottery_metrics('spring/teams') -> 'excluded_pairs' = (SELECT jsonb_object_agg(excluded, n) FROM
    (SELECT excluded, count(*) AS n FROM candidate WHERE excluded <> 'scope' GROUP BY excluded) c) AS "excluded pairs",
       (fairdraw.lottery_metrics('spring/teams') ->> 'eligible_pairs')::bigint = (SELECT count(*) FROM candidate WHERE excluded IS NULL) AS "eligible pairs",
       (fairdraw.lottery_metrics('spring/teams') #>> '{load,max}')::numeric = (SELECT max(n) FROM
    (SELECT count(*) AS n FROM fairdraw.teams('spring/teams') WHERE role = 'team' GROUP BY inspector) l) AS "largest load";

-- the chances of a visit add up to its need, those of a group lie within its bounds
SELECT bool_and(total = least * :U) AS "need", count(*) AS visits
FROM chance_group g, LATERAL (SELECT sum(x) AS total FROM chance c WHERE (c.draw, c.uid) = (g.draw, g.uid)) s WHERE node = 0;
WITH RECURSIVE inside AS (
    SELECT draw, uid, node AS top, node FROM chance_group
    UNION ALL SELECT i.draw, i.uid, i.top, g.node FROM inside i JOIN chance_group g ON (g.draw, g.uid, g.parent) = (i.draw, i.uid, i.node))
SELECT CASE WHEN names[1] LIKE 'exclusion:family _' THEN 'a family' ELSE names::text END COLLATE "C" AS node,
       bool_and(total BETWEEN least * :U AND largest * :U) AS "bounds", bool_and(members = expected) AS "members"
FROM chance_group g, LATERAL (SELECT sum(x) AS total, array_agg(inspector ORDER BY inspector) AS members FROM inside i JOIN chance c USING (draw, uid, node)
                              WHERE (i.draw, i.uid, i.top) = (g.draw, g.uid, g.node)) s,
     LATERAL (SELECT array_agg(inspector ORDER BY inspector) AS expected FROM candidate c WHERE (c.draw, c.uid) = (g.draw, g.uid) AND excluded IS NULL
              AND CASE WHEN g.names = '{}' THEN true WHEN 'lead' = ANY (g.names) THEN lead WHEN 'qualified' = ANY (g.names) THEN qualified
                       ELSE 'exclusion:' || exclusion_group = ANY (g.names) END) e
GROUP BY 1 ORDER BY 1;
-- those of an inspector within the bounds of his load
SELECT bool_and(coalesce(total, 0) BETWEEN f[2]::integer * :U AND f[3]::integer * :U) AS "loads", count(*) AS inspectors,
       bool_and(f[3]::integer <= coalesce(max_load, f[3]::integer)) AS "max_load", bool_and(f[2]::integer >= coalesce(min_load, 0)) AS "min_load"
FROM fairdraw.chances_text('spring/teams') t, string_to_array(substr(t, 12), E'\t') f
    JOIN inspector i ON i.inspector = f[1], LATERAL (SELECT sum(x) AS total FROM chance c WHERE c.inspector = f[1]) s WHERE t LIKE 'inspector: %';

-- a team consists of eligible pairs, with the numerators of the chances over the unit
SELECT bool_and(numerator = x AND denominator = :U AND x > 0) AS "numerators" FROM fairdraw.teams('spring/teams') t LEFT JOIN chance USING (draw, uid, inspector) WHERE t.role = 'team';
-- a load is the expected one, rounded down or up
SELECT bool_and(n BETWEEN floor(total / :U) AND ceil(total / :U)) AS "rounded"
FROM (SELECT inspector, sum(x)::numeric AS total FROM chance GROUP BY inspector) c
    LEFT JOIN LATERAL (SELECT count(*) AS n FROM fairdraw.teams('spring/teams') t WHERE t.role = 'team' AND t.inspector = c.inspector) l ON true;
-- every team has its lead and somebody who is qualified, and never two of one family
SELECT bool_and(leads >= 1) AS "lead", bool_and(qualified >= 1) AS "qualified", bool_and(families) AS "families", bool_and(members = 2) AS "two"
FROM (SELECT count(*) AS members, count(*) FILTER (WHERE lead) AS leads, count(*) FILTER (WHERE qualified) AS qualified, count(exclusion_group) = count(DISTINCT exclusion_group) AS families
      FROM fairdraw.teams('spring/teams') t JOIN candidate USING (draw, uid, inspector) WHERE t.role = 'team' GROUP BY draw, uid) v;

-- substitutes are those of teams(), eligible and not on the team; each replaces those, and only those, in whose place the groups keep their bounds
SELECT count(*) = 81 AS "three a visit", bool_and(c.excluded IS NULL) AS "eligible", bool_and(NOT EXISTS (
    SELECT FROM fairdraw.teams('spring/teams') t WHERE t.role = 'team' AND (t.draw, t.uid, t.inspector) = (s.draw, s.uid, s.inspector))) AS "not on the team"
FROM fairdraw.substitutes('spring/teams') s JOIN candidate c USING (draw, uid, inspector) JOIN fairdraw.teams('spring/teams') t USING (draw, uid, rank, inspector) WHERE t.role = 'substitute';
WITH member AS MATERIALIZED (
    SELECT t.draw, t.uid, t.inspector, c.lead, c.qualified, c.exclusion_group FROM fairdraw.teams('spring/teams') t JOIN candidate c USING (draw, uid, inspector) WHERE t.role = 'team')
SELECT bool_and((m.inspector = ANY (s.replaces)) = (kept.leads >= 1 AND kept.qualified >= 1 AND kept.families)) AS "replaces",
       count(DISTINCT m.inspector = ANY (s.replaces)) AS "both happen"
FROM fairdraw.substitutes('spring/teams') s JOIN candidate c USING (draw, uid, inspector) JOIN member m USING (draw, uid),
     LATERAL (SELECT count(*) FILTER (WHERE x.lead) AS leads, count(*) FILTER (WHERE x.qualified) AS qualified, count(exclusion_group) = count(DISTINCT exclusion_group) AS families
              FROM (SELECT o.lead, o.qualified, o.exclusion_group FROM member o WHERE (o.draw, o.uid) = (s.draw, s.uid) AND o.inspector <> m.inspector
                    UNION ALL SELECT c.lead, c.qualified, c.exclusion_group) x) kept;
-- spare is what is left of the largest load: his own, else the number of visits
SELECT bool_and(spare = coalesce(max_load, 27) - (SELECT count(*) FROM fairdraw.teams('spring/teams') t WHERE t.role = 'team' AND t.inspector = s.inspector)) AS "spare"
FROM fairdraw.substitutes('spring/teams') s JOIN inspector USING (inspector);

--
-- A value was copied wrongly: the ceremony is executed again, and then the
-- lottery, too; both outcomes stay on record, and the newest one holds
--
CREATE TEMP TABLE first_team AS SELECT * FROM fairdraw.teams('spring/teams');
SELECT fairdraw.correct_execution('spring', '{"dice": "01383", "beacon": "0123456789abcdef"}', 'a digit of the dice was copied wrongly') IS NOT NULL;
SELECT fairdraw.teams('spring/teams');
SELECT fairdraw.execute_lottery('spring/teams') IS NOT NULL;
SELECT EXISTS (SELECT draw, uid, inspector FROM fairdraw.teams('spring/teams') EXCEPT SELECT draw, uid, inspector FROM first_team) AS "other teams";
SELECT outcome, count(*) FILTER (WHERE role = 'team') AS places FROM fairdraw_data.team JOIN fairdraw_data.lottery USING (lottery) WHERE label = 'spring/teams' GROUP BY outcome ORDER BY 1;
SELECT o.outcome, o.execution, d.label, r.draw_execution FROM fairdraw_data.lottery_outcome o JOIN fairdraw_data.lottery l USING (lottery)
    JOIN fairdraw_data.lottery_result r USING (lottery, outcome) JOIN fairdraw_data.draw d USING (draw) WHERE l.label = 'spring/teams' ORDER BY 1, 3;
-- the first one is still there as it was (no rows)
SELECT draw, uid, role, rank, inspector FROM first_team
EXCEPT SELECT d.label, t.uid, t.role, t.rank, t.inspector FROM fairdraw_data.team t JOIN fairdraw_data.lottery l USING (lottery) JOIN fairdraw_data.draw d USING (draw)
WHERE l.label = 'spring/teams' AND t.outcome = 1;
SELECT bool_and(ok) FROM fairdraw.verify_lottery('spring/teams');

--
-- A lottery over draws of earlier ceremonies, which needs no draw of its own
--
SELECT fairdraw.open_ceremony(c, ARRAY['beacon public 64 2026-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'], 'x', '2026-05-01', rehearsal => true) FROM unnest('{june,july,summer}'::text[]) c;
SELECT fairdraw.commit_draw(c, c, 'TABLE firm', '2') IS NOT NULL FROM unnest('{june,july}'::text[]) c;
SELECT fairdraw.seal_ceremony(c) IS NOT NULL FROM unnest('{june,july}'::text[]) c;
SELECT fairdraw.execute_ceremony(c, '{"beacon": "0123456789abcdef"}') IS NOT NULL FROM unnest('{june,july}'::text[]) c;
SELECT fairdraw.correct_execution('june', '{"beacon": "1123456789abcdef"}', 'copied wrongly') IS NOT NULL;
SELECT fairdraw.commit_data('summer', 'staff', 'SELECT inspector FROM inspector') IS NOT NULL;
SELECT fairdraw.commit_lottery('summer', 'summer/teams', '{june,july}', 'staff', NULL, NULL) IS NOT NULL;
SELECT fairdraw.seal_ceremony('summer') IS NOT NULL;
SELECT fairdraw.execute_ceremony('summer', '{"beacon": "0123456789abcdef"}') IS NOT NULL;
SELECT fairdraw.execute_lottery('summer/teams') IS NOT NULL;
SELECT draw, count(DISTINCT uid) AS visits FROM fairdraw.teams('summer/teams') GROUP BY draw ORDER BY draw;
-- its visits are the units of the newest execution of each
CREATE VIEW pg_temp.summer_result AS
SELECT r.outcome, d.label, r.draw_execution FROM fairdraw_data.lottery_result r JOIN fairdraw_data.lottery l USING (lottery) JOIN fairdraw_data.draw d USING (draw) WHERE l.label = 'summer/teams';
SELECT bool_and(EXISTS (SELECT FROM fairdraw.selection(draw) s WHERE s.uid = t.uid AND s.role IN ('certain', 'drawn'))) AS "drawn" FROM fairdraw.teams('summer/teams') t;
SELECT * FROM pg_temp.summer_result ORDER BY 1, 2;
SELECT item, ok FROM fairdraw.verify_lottery('summer/teams');
-- the bundle has the results of both
SELECT count(*) FROM fairdraw.export_lottery('summer/teams') t WHERE t = 'fairdraw/1 result';
-- where one of them is corrected there are other visits, and the lottery is executed again
SELECT fairdraw.correct_execution('july', '{"beacon": "2123456789abcdef"}', 'once more') IS NOT NULL;
SELECT fairdraw.teams('summer/teams');
SELECT fairdraw.execute_lottery('summer/teams') IS NOT NULL;
SELECT bool_and(EXISTS (SELECT FROM fairdraw.selection(draw) s WHERE s.uid = t.uid AND s.role IN ('certain', 'drawn'))) AS "drawn" FROM fairdraw.teams('summer/teams') t;
SELECT * FROM pg_temp.summer_result ORDER BY 1, 2;

--
-- The bundle grows with what there is
--
SELECT fairdraw.open_ceremony('growing', ARRAY['beacon public 64 2026-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'], 'x', '2026-05-01', rehearsal => true);
SELECT fairdraw.commit_draw('growing', 'growing', 'TABLE firm', '2') IS NOT NULL, fairdraw.commit_data('growing', 'staff', 'SELECT inspector FROM inspector') IS NOT NULL,
       fairdraw.commit_lottery('growing', 'growing', '{growing}', 'staff', NULL, NULL) IS NOT NULL;
SELECT fairdraw.export_lottery('growing');
CREATE FUNCTION pg_temp.headings() RETURNS TABLE (audience text, texts text) LANGUAGE sql AS $$
    SELECT a, (SELECT string_agg(split_part(t, ' ', 2), ' ' ORDER BY n) FROM fairdraw.export_lottery('growing', a) WITH ORDINALITY AS e (t, n) WHERE t LIKE 'fairdraw/1 %') FROM unnest('{public,auditor}'::text[]) a
$$;
SELECT fairdraw.seal_ceremony('growing') IS NOT NULL;
SELECT * FROM pg_temp.headings();
SELECT fairdraw.execute_ceremony('growing', '{"beacon": "0123456789abcdef"}') IS NOT NULL;
SELECT * FROM pg_temp.headings();
SELECT fairdraw.execute_lottery('growing') IS NOT NULL;
SELECT * FROM pg_temp.headings();
SELECT fairdraw.disclose_seed('growing');
SELECT * FROM pg_temp.headings();

--
-- With the cap there is no range, and no substitutes where none are asked for
--
SELECT fairdraw.open_ceremony('cap', ARRAY['beacon public 64 2026-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'], 'x', '2026-05-01', rehearsal => true);
SELECT fairdraw.commit_draw('cap', 'cap', 'TABLE firm', '1') IS NOT NULL, fairdraw.commit_data('cap', 'staff', 'SELECT inspector, 3 AS max_load FROM inspector') IS NOT NULL;
SELECT fairdraw.commit_lottery('cap', 'cap/teams', '{cap}', 'staff', NULL, NULL,
    '{"balance": "cap", "evenness": "3/4", "max_pair_prob": 0.5, "min_pool": 4, "substitutes": 0, "groups": {"station": {"min": 0, "max": 2}}}') IS NOT NULL;
SELECT * FROM fairdraw.lottery_text('cap/teams') t WHERE t !~ '^draw: ';
SELECT fairdraw.seal_ceremony('cap') IS NOT NULL;
SELECT fairdraw.execute_ceremony('cap', '{"beacon": "0123456789abcdef"}') IS NOT NULL;
SELECT fairdraw.execute_lottery('cap/teams') IS NOT NULL;
SELECT t FROM fairdraw.chances_text('cap/teams') t WHERE t LIKE 'range: %';
SELECT string_agg(DISTINCT role, ' ') AS roles, max(numerator) <= denominator / 2 AS "at most a half" FROM fairdraw.teams('cap/teams') GROUP BY denominator;
SELECT count(*) FROM fairdraw.substitutes('cap/teams');
SELECT bool_and(ok) FROM fairdraw.verify_lottery('cap/teams');

DROP SCHEMA fairdraw_data CASCADE;
