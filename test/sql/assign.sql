--
-- assign_plan() and assign_draw(): with which probability inspectors go where,
-- and who goes
--
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
CREATE SCHEMA assign_test;
\set SHOW_CONTEXT never
SET search_path = assign_test, fairdraw, public;
-- a warning of pairs with probability 1 is a subject of its own, below

-- queries from lists: 'v1 v2' and 'v1:a,b v2:b,c'
CREATE FUNCTION visits(ids text, need int DEFAULT 1) RETURNS text LANGUAGE sql AS
$$ SELECT format('SELECT unnest(%L::text[]) AS visit, %s AS need', string_to_array(ids, ' '), need) $$;
CREATE FUNCTION staff(ids text, max_load int DEFAULT NULL) RETURNS text LANGUAGE sql AS
$$ SELECT format('SELECT unnest(%L::text[]) AS inspector%s', string_to_array(ids, ' '), ', ' || max_load || ' AS max_load') $$;
CREATE FUNCTION eligible(pairs text) RETURNS text LANGUAGE sql AS
$$ SELECT format('SELECT split_part(p, '':'', 1) AS visit, unnest(string_to_array(split_part(p, '':'', 2), '','')) AS inspector FROM unnest(%L::text[]) AS p',
                 string_to_array(pairs, ' ')) $$;
-- a plan or a draw as one value, to compare two of them with the order of their rows
CREATE FUNCTION planned(visits text, staff text, eligible text, options jsonb DEFAULT '{}') RETURNS text[] LANGUAGE sql AS
$$ SELECT array_agg(p::text) FROM assign_plan(visits, staff, eligible, options) AS p $$;
CREATE FUNCTION drawn(visits text, staff text, eligible text, seed text, options jsonb DEFAULT '{}', label text DEFAULT 'assign') RETURNS text[] LANGUAGE sql AS
$$ SELECT array_agg(d::text) FROM assign_draw(visits, staff, eligible, seed, options, label) AS d $$;
-- 'v1:a,b v2:c,d', as a team list
CREATE FUNCTION teams(visits text, staff text, eligible text, seed text, options jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(visit || ':' || team, ' ' ORDER BY visit COLLATE "C")
    FROM (SELECT visit, string_agg(inspector, ',' ORDER BY slot) AS team FROM assign_draw(visits, staff, eligible, seed, options) GROUP BY visit) AS t
$$;

--
-- Small cases, which can be worked out by hand.  1048576 is 2^20.
--

-- a ring: four visits, four inspectors, each visit between two of them: 1/2 everywhere
SELECT visits('v1 v2 v3 v4') AS visits, staff('a b c d') AS staff, eligible('v1:a,b v2:b,c v3:c,d v4:d,a') AS eligible \gset ring_
SELECT * FROM assign_plan(:'ring_visits', :'ring_staff', :'ring_eligible');
-- everybody is expected once, so everybody is drawn once: two outcomes
SELECT teams(:'ring_visits', :'ring_staff', :'ring_eligible', 'seed ' || seed), count(*) BETWEEN 30 AND 70 AS about_half
FROM generate_series(1, 100) AS seed GROUP BY 1 ORDER BY 1;
-- the same ring with eight places, and whatever the options say
SELECT balance, evenness, min(numerator), max(numerator)
FROM unnest('{range,cap}'::text[]) AS balance, unnest('{0,1/2,3/4}'::text[]) AS evenness,
     LATERAL assign_plan('SELECT i AS visit, 1 AS need FROM generate_series(0, 7) AS i', 'SELECT i AS inspector FROM generate_series(0, 7) AS i',
                         'SELECT i AS visit, (i + k) % 8 AS inspector FROM generate_series(0, 7) AS i, generate_series(0, 1) AS k',
                         jsonb_build_object('balance', balance, 'evenness', evenness)) GROUP BY 1, 2 ORDER BY 1 DESC, 2;

-- one visit: everybody alike, up to what does not divide, and the sum is need
SELECT inspector, numerator, denominator, forced FROM assign_plan(visits('v', 2), staff('a b c d e'), eligible('v:a,b,c,d,e'));
SELECT count(DISTINCT inspectors) AS "all ten teams"
FROM (SELECT string_agg(inspector, ',' ORDER BY slot) AS inspectors
      FROM generate_series(1, 200) AS seed, assign_draw(visits('v', 2), staff('a b c d e'), eligible('v:a,b,c,d,e'), 'seed ' || seed) GROUP BY seed) AS t;
-- one visit, one inspector in question
SELECT * FROM assign_draw(visits('v'), staff('a'), eligible('v:a'), 'seed');

-- a chain of three visits with four inspectors and a fourth visit that takes whoever is left: of the four
-- assignments one in four sends a to another place than v1; flatter chances exist, and are found
SELECT visit, inspector, numerator, round(numerator::numeric / denominator, 3) AS probability, forced
FROM assign_plan(visits('v1 v2 v3 flexible'), staff('a b c d', 1), eligible('v1:a,b v2:b,c v3:c,d flexible:a,b,c,d'), '{"balance": "cap", "evenness": 0}');

-- a star: hub could do every visit, but may do only one of them
SELECT 'SELECT * FROM (VALUES (''hub'', 1), (''a'', 9), (''b'', 9), (''c'', 9), (''d'', 9)) AS v (inspector, max_load)' AS staff, eligible('v1:hub,a v2:hub,b v3:hub,c v4:hub,d') AS eligible \gset star_
SELECT * FROM assign_plan(visits('v1 v2 v3 v4'), :'star_staff', :'star_eligible');
SELECT max(times) FROM (SELECT count(*) FILTER (WHERE inspector = 'hub') AS times
                        FROM generate_series(1, 100) AS seed, assign_draw(visits('v1 v2 v3 v4'), :'star_staff', :'star_eligible', 'seed ' || seed) GROUP BY seed) AS t (times);

-- the draw of one visit with one place and two inspectors, with a precision of one bit, by hand: two shuffles
-- of two, then one coin, the third word of SHA-256(K "/team:0"); heads (1) sends the first of them
SELECT count(*), count(*) FILTER (WHERE inspector = CASE get_byte(block, 11) & 1 WHEN 1 THEN 'a' ELSE 'b' END) AS as_by_hand,
       count(*) FILTER (WHERE inspector = 'a') BETWEEN 30 AND 70 AS both_occur
FROM generate_series(1, 100) AS seed,
     LATERAL (SELECT encode(sha256(convert_to('seed ' || seed, 'UTF8')), 'hex')) AS s (s),
     LATERAL (SELECT encode(sha256(convert_to(s || '/lottery/' || 'spring', 'UTF8')), 'hex')) AS k (k),
     LATERAL (SELECT sha256(convert_to(k || '/team:0', 'UTF8'))) AS b (block),
     LATERAL assign_draw(visits('v'), staff('a b'), eligible('v:a,b'), 'seed ' || seed, '{"precision_bits": 1}', 'spring');

--
-- What is certain
--
SET client_min_messages = warning;
-- as many eligible as are needed: nothing is drawn, which is said
SELECT * FROM assign_plan(visits('v', 3), staff('a b c d'), eligible('v:a,b,c'));
SELECT inspector, slot, numerator, denominator FROM assign_draw(visits('v', 3), staff('a b c d'), eligible('v:a,b,c'), 'seed');
-- what follows from others: v1 takes a, so v2 takes b, so v3 takes c or d
SELECT * FROM assign_plan(visits('v1 v2 v3'), staff('a b c d', 1), eligible('v1:a v2:a,b v3:a,b,c,d'));
-- nothing is certain, nothing is said
SELECT count(*) FROM assign_plan(:'ring_visits', :'ring_staff', :'ring_eligible');
SET client_min_messages = error;
-- who has no pair, or may do nothing, is no error
SELECT * FROM assign_plan(visits('v1 v2'), 'SELECT i AS inspector, CASE i WHEN ''c'' THEN 0 ELSE 5 END AS max_load FROM unnest(''{a,b,c,d}''::text[]) AS i',
                          eligible('v1:a,b,c v2:a,b'));

--
-- Loads
--
CREATE TABLE visit AS SELECT 'V' || to_char(v, 'FM00') AS visit, v, 1 + v % 3 AS need FROM generate_series(1, 24) AS v;
CREATE TABLE staff AS SELECT 'I' || to_char(i, 'FM00') AS inspector, i FROM generate_series(1, 12) AS i;
CREATE TABLE pair AS SELECT visit, inspector, v, i FROM visit, staff WHERE (v * (i + 2) + i * i) % 11 < 6;
SELECT sum(count) AS pairs, min(count), max(count) FROM (SELECT count(*) FROM pair GROUP BY visit) AS of_a_visit;
\set district '''SELECT visit, need FROM visit'', ''SELECT inspector FROM staff'', ''SELECT visit, inspector FROM pair'''

-- a visit has as many inspectors as it needs: in the plan, and in every draw
SELECT bool_and(sum = need * 1048576) FROM (SELECT visit, sum(numerator) FROM assign_plan(:district) GROUP BY visit) AS p JOIN visit USING (visit);
SELECT bool_and(count = need), bool_and(slots = count AND first = 1), count(*)
FROM (SELECT seed, visit, count(*), max(slot) AS slots, min(slot) AS first
      FROM generate_series(1, 30) AS seed, assign_draw(:district, 'seed ' || seed) GROUP BY seed, visit) AS d JOIN visit USING (visit);
-- an inspector has his expected load, rounded down or up
SELECT count(*), bool_and(load BETWEEN floor(expected) AND ceil(expected)), count(DISTINCT load) FILTER (WHERE inspector = 'I01') AS both
FROM (SELECT seed, inspector, count(d.inspector) AS load
      FROM generate_series(1, 30) AS seed CROSS JOIN staff LEFT JOIN LATERAL (SELECT * FROM assign_draw(:district, 'seed ' || seed)) AS d USING (inspector) GROUP BY seed, inspector) AS l
JOIN (SELECT inspector, sum(numerator)::numeric / 1048576 AS expected FROM assign_plan(:district) GROUP BY inspector) AS e USING (inspector);
-- a draw shows the probabilities of the plan, and takes only pairs that are eligible
SELECT count(*), count(DISTINCT (visit, inspector)), bool_and(d.numerator = p.numerator AND d.denominator = p.denominator)
FROM assign_draw(:district, 'seed') AS d JOIN assign_plan(:district) AS p USING (visit, inspector) JOIN pair USING (visit, inspector);

-- twelve visits; a and b can do all of them, c four.  Loads as close as they can be are 4, 4, 4, but then c is
-- sure of his four; a slack of 1 keeps that from happening; without a range they are what is flattest
SELECT balance, slack, evenness, array_agg(load ORDER BY inspector) AS loads, max(largest) FILTER (WHERE inspector = 'c') AS "largest of c"
FROM (VALUES ('range', 0, '1/2'), ('range', 1, '1/2'), ('range', 2, '1/2'), ('cap', 0, '0'), ('cap', 0, '1/2'), ('cap', 0, '3/4')) AS o (balance, slack, evenness),
     LATERAL (SELECT inspector, round(sum(numerator) / 1048576.0, 2) AS load, round(max(numerator) / 1048576.0, 2) AS largest
              FROM assign_plan('SELECT v AS visit, 1 AS need FROM generate_series(1, 12) AS v', staff('a b c'),
                               'SELECT v AS visit, i AS inspector FROM generate_series(1, 12) AS v, unnest(''{a,b,c}''::text[]) AS i WHERE i <> ''c'' OR v <= 4',
                               jsonb_build_object('balance', balance, 'load_slack', slack, 'evenness', evenness)) GROUP BY inspector) AS l
GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3;
-- the range of loads is kept in every draw: 4 for everybody, or 3 to 5 with a slack of 1; "cap" keeps none
SELECT balance, slack, min(load), max(load)
FROM (VALUES ('range', 0), ('range', 1), ('cap', 0)) AS o (balance, slack), generate_series(1, 30) AS seed,
     LATERAL (SELECT inspector, count(*) AS load
              FROM assign_draw('SELECT v AS visit, 2 AS need FROM generate_series(1, 24) AS v', 'SELECT inspector FROM staff',
                               'SELECT v AS visit, inspector FROM generate_series(1, 24) AS v, staff WHERE v % 2 <> 0 OR inspector <= ''I06''', 'seed ' || seed,
                               jsonb_build_object('balance', balance, 'load_slack', slack)) GROUP BY inspector) AS l
GROUP BY 1, 2 ORDER BY 1 DESC, 2;
-- bounds of single inspectors go before the range: in every draw, and in the plan
\set bounded '''SELECT visit, need FROM visit'', ''SELECT inspector, CASE i WHEN 1 THEN 1 WHEN 3 THEN 11 ELSE 24 END AS max_load, CASE i WHEN 2 THEN 9 WHEN 3 THEN 11 ELSE 0 END AS min_load FROM staff'', ''SELECT visit, inspector FROM pair'''
SELECT inspector, min(load), max(load), min(expected) AS expected
FROM (SELECT seed, inspector, count(*) AS load
      FROM generate_series(1, 30) AS seed,
           assign_draw(:bounded, 'seed ' || seed) GROUP BY seed, inspector) AS l
JOIN (SELECT inspector, round(sum(numerator) / 1048576.0, 2) AS expected
      FROM assign_plan(:bounded) GROUP BY inspector) AS e USING (inspector)
WHERE inspector <= 'I03' GROUP BY inspector ORDER BY inspector;

--
-- The largest probability of a pair
--
SELECT cap, max(numerator) AS largest, floor(cap * 1048576) AS allowed, max(numerator) FILTER (WHERE visit = 'v1') AS v1
FROM unnest('{1,0.6,0.55,0.5}'::numeric[]) AS cap,
     LATERAL assign_plan(visits('v1 v2 v3 flexible'), staff('a b c d', 1), eligible('v1:a,b v2:b,c v3:c,d flexible:a,b,c,d'),
                         jsonb_build_object('balance', 'cap', 'evenness', 0, 'max_pair_prob', cap))
GROUP BY cap ORDER BY cap DESC;

--
-- Groups on a team
--
\set crew '''SELECT visit, 2 AS need FROM visit'', ''SELECT inspector, CASE WHEN i % 3 = 0 THEN ARRAY[''''lead'''', ''''senior''''] WHEN i % 3 = 1 THEN ARRAY[''''senior''''] ELSE ARRAY[''''junior''''] END AS groups FROM staff'', ''SELECT visit, inspector FROM pair'''
-- how many of each group are on the teams, over thirty draws
CREATE FUNCTION members(visits text, staff text, eligible text, options jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('
        SELECT string_agg(DISTINCT of_team, '', '' ORDER BY of_team)
        FROM (SELECT seed, visit, string_agg(name || '' '' || members, '' '' ORDER BY name) AS of_team
              FROM (SELECT seed, visit, name, count(*) FILTER (WHERE name = ANY (groups)) AS members
                    FROM generate_series(1, 30) AS seed, assign_draw(%L, %L, %L, ''seed '' || seed, %L) AS d JOIN (%s) AS s USING (inspector),
                         jsonb_object_keys(%L::jsonb -> ''groups'') AS name
                    GROUP BY seed, visit, name) AS m
              GROUP BY seed, visit) AS t', visits, staff, eligible, options, staff, options) INTO result;
    RETURN result;
END
$$;
SELECT groups, members(:crew, jsonb_build_object('groups', groups::jsonb))
FROM unnest(ARRAY['{"lead": {}}', '{"lead": {"min": 1}}', '{"lead": {"max": 1}}', '{"lead": {"min": 1, "max": 1}}', '{"lead": {"max": 0}}',
                  '{"senior": {"min": 1}, "junior": {"min": 1}}', '{"lead": {"min": 1}, "senior": {"max": 1}}', '{"lead": {"min": 1}, "junior": {"max": 0}}',
                  '{"lead": {"min": 1, "max": 99}}', '{"lead": {"min": 1}, "senior": {"min": 1, "max": 2}, "junior": {"max": 1}}']) AS groups;
-- in the plan they are kept in the sum
SELECT min(leads), max(leads) > 1, max(leads) < 2
FROM (SELECT sum(numerator) FILTER (WHERE i % 3 = 0) / 1048576.0 AS leads
      FROM assign_plan(:crew, '{"groups": {"lead": {"min": 1}}}') JOIN staff USING (inspector) GROUP BY visit) AS l;
-- groups may stand with the pair instead, since who is of the visit's own station depends on the visit; both count
SELECT DISTINCT array_agg(CASE WHEN i % 4 = v % 4 THEN 'station' WHEN i <= 4 THEN 'bureau' ELSE 'elsewhere' END ORDER BY i % 4 = v % 4) AS team
FROM generate_series(1, 10) AS seed,
     assign_draw('SELECT visit, 2 AS need FROM visit', 'SELECT inspector, CASE WHEN i <= 4 THEN ARRAY[''bureau''] END AS groups FROM staff',
                 'SELECT visit, inspector, CASE WHEN i % 4 = v % 4 THEN ARRAY[''station''] END AS groups FROM visit, staff WHERE NOT (i <= 4 AND i % 4 = v % 4)',
                 'seed ' || seed, '{"groups": {"bureau": {"min": 1, "max": 1}, "station": {"min": 1, "max": 1}}}')
     JOIN visit USING (visit) JOIN staff USING (inspector)
GROUP BY seed, visit;
-- names that nothing binds mean nothing
SELECT planned('SELECT visit, need FROM visit', 'SELECT inspector, ARRAY[''lead'', ''谁''] AS groups FROM staff', 'SELECT visit, inspector, ARRAY[inspector] AS groups FROM pair') = planned(:district) AS same;
-- nor do bounds that bind nothing
SELECT planned(:crew, '{"groups": {"lead": {"min": 0, "max": 2}, "junior": {}, "absent": {"max": 0}}}') = planned(:crew) AS same;
-- bounds of one visit, instead of those of the options: V01 has two leads, V03 whom it may, all others one
SELECT visit, min(leads), max(leads)
FROM (SELECT seed, CASE WHEN visit IN ('V01', 'V03') THEN visit ELSE 'others' END, count(*) FILTER (WHERE i % 3 = 0)
      FROM generate_series(1, 30) AS seed,
           assign_draw('SELECT visit, 2 AS need, CASE visit WHEN ''V01'' THEN ''{"lead": {"min": 2}}''::jsonb WHEN ''V03'' THEN ''{}'' END AS groups FROM visit',
                       'SELECT inspector, CASE WHEN i % 3 = 0 THEN ARRAY[''lead''] END AS groups FROM staff', 'SELECT visit, inspector FROM pair', 'seed ' || seed,
                       '{"groups": {"lead": {"min": 1, "max": 1}}}')
           JOIN staff USING (inspector)
      GROUP BY seed, assign_draw.visit) AS t (seed, visit, leads)
GROUP BY visit ORDER BY visit;
-- an exclusion group sends at most one of its members to a visit
\set families '''SELECT visit, need FROM visit'', ''SELECT inspector, CASE WHEN i <= 6 THEN ''''family '''' || i % 3 END AS exclusion_group FROM staff'', ''SELECT visit, inspector FROM pair'''
SELECT together, count(*)
FROM (SELECT max(members) AS together
      FROM (SELECT seed, visit, i % 3, count(*) FROM generate_series(1, 30) AS seed, assign_draw(:families, 'seed ' || seed) JOIN staff USING (inspector) WHERE i <= 6 GROUP BY 1, 2, 3) AS m (seed, visit, family, members)
      GROUP BY seed, visit) AS t GROUP BY together;
SELECT max(members) AS "together without it"
FROM (SELECT seed, visit, i % 3, count(*) FROM generate_series(1, 30) AS seed, assign_draw(:district, 'seed ' || seed) JOIN staff USING (inspector) WHERE i <= 6 GROUP BY 1, 2, 3) AS m (seed, visit, family, members);

--
-- The three queries
--
-- columns are found by name, whatever stands beside them; need is 2 unless given
SELECT planned('SELECT now() AS seen, v AS number, need, visit FROM visit', 'SELECT i, inspector FROM staff', 'SELECT 7 AS x, inspector, v, visit FROM pair') = planned(:district) AS same;
SELECT DISTINCT count(*) AS need FROM assign_draw('SELECT visit FROM visit', 'SELECT inspector FROM staff', 'SELECT visit, inspector FROM pair', 'seed') GROUP BY visit;
-- a row for each visit with an array of inspectors is the same as a row for each pair
SELECT planned('SELECT visit, need FROM visit', 'SELECT inspector FROM staff', 'SELECT visit, array_agg(inspector ORDER BY i DESC) AS inspectors FROM pair GROUP BY visit') = planned(:district) AS same,
       drawn('SELECT visit, need FROM visit', 'SELECT inspector FROM staff', 'SELECT visit, array_agg(inspector) AS inspectors FROM pair GROUP BY visit, i % 2', 'seed') = drawn(:district, 'seed') AS "several arrays too";
SELECT planned('SELECT visit, 2 AS need FROM visit', 'SELECT inspector FROM staff', 'SELECT visit, array_agg(inspector) AS inspectors, ARRAY[CASE WHEN i % 3 = 0 THEN ''lead'' ELSE ''other'' END] AS groups FROM pair GROUP BY visit, groups',
               '{"groups": {"lead": {"min": 1}}}') = planned(:crew, '{"groups": {"lead": {"min": 1}}}') AS "groups of an array are those of all its members";
SELECT planned('SELECT visit, need FROM visit', 'SELECT inspector FROM staff', 'SELECT visit, array_agg(inspector) AS inspectors FROM pair GROUP BY visit UNION ALL SELECT visit, ''{}'' FROM visit') = planned(:district) AS "an empty array adds nothing";
-- pairs that are excluded count as if they were not there; their reasons are for assign_explain()
SELECT planned('SELECT visit, need FROM visit', 'SELECT inspector FROM staff',
               'SELECT visit, inspector, CASE WHEN p.v IS NULL THEN ''scope'' END AS excluded FROM visit CROSS JOIN staff LEFT JOIN pair AS p USING (visit, inspector)') = planned(:district) AS same;

-- ids of every type give what their text gives
CREATE DOMAIN officer AS varchar(20) CHECK (value <> '');
SELECT type, planned(format('SELECT v::%s AS visit, need FROM visit', type), format('SELECT i::%s AS inspector FROM staff', type), format('SELECT v::%s AS visit, i::%1$s AS inspector FROM pair', type))
           = planned('SELECT v::text AS visit, need FROM visit', 'SELECT i::text AS inspector FROM staff', 'SELECT v::text AS visit, i::text AS inspector FROM pair') AS same
FROM unnest('{smallint,integer,bigint,varchar,officer,char(9),text}'::text[]) AS type;
SELECT planned('SELECT md5(visit)::uuid AS visit, need FROM visit', 'SELECT md5(inspector)::uuid AS inspector FROM staff', 'SELECT md5(visit)::uuid AS visit, array_agg(md5(inspector)::uuid) AS inspectors FROM pair GROUP BY 1')
     = planned('SELECT md5(visit)::uuid::text AS visit, need FROM visit', 'SELECT md5(inspector)::uuid::text AS inspector FROM staff', 'SELECT md5(visit)::uuid::text AS visit, md5(inspector)::uuid::text AS inspector FROM pair') AS "uuid is its text";
SELECT planned('SELECT v AS visit, need::bigint FROM visit', 'SELECT i AS inspector, 24::smallint AS max_load FROM staff', 'SELECT v AS visit, array_agg(i) AS inspectors FROM pair GROUP BY v')
     = planned('SELECT v::text AS visit, need FROM visit', 'SELECT i::text AS inspector FROM staff', 'SELECT v::text AS visit, i::text AS inspector FROM pair') AS "arrays of integers, need and loads of any integer type";
-- they may be of any characters and length
SELECT visit, length(inspector), left(inspector, 9) FROM assign_draw('SELECT E''a\tb\n c'' AS visit, 1 AS need', 'SELECT repeat(''长'', 1000) AS inspector', 'SELECT E''a\tb\n c'' AS visit, repeat(''长'', 1000) AS inspector', 'seed');

-- rows come by the bytes of visit, then of inspector, and teams by slot in that order, whatever the collation is
SELECT visit, string_agg(inspector, ' ' ORDER BY ordinality) AS inspectors
FROM ROWS FROM (assign_plan(visits('é Z z 9 10 二 一'), staff('é Z z 9 10 二 一'),
                            'SELECT v AS visit, i AS inspector FROM unnest(''{é,Z,z,9,10,二,一}''::text[]) AS v, unnest(''{二,一,é,Z,z,9,10}''::text[]) AS i')) WITH ORDINALITY
GROUP BY visit ORDER BY min(ordinality);
SELECT bool_and(visit COLLATE "C" >= before), bool_and(visit COLLATE "C" > before OR inspector COLLATE "C" > colleague AND slot = slot_before + 1 OR before IS NULL)
FROM (SELECT *, lag(visit) OVER w AS before, lag(inspector) OVER w AS colleague, lag(slot) OVER w AS slot_before
      FROM ROWS FROM (assign_draw(:district, 'seed')) WITH ORDINALITY WINDOW w AS (ORDER BY ordinality)) AS d;

-- objects of the same names in front change nothing: what fairdraw adds to the queries is qualified
CREATE SCHEMA assign_other;
CREATE FUNCTION assign_other.always(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE TYPE assign_other.text AS (a int);
CREATE TYPE assign_other.int4 AS (a int);
CREATE OPERATOR assign_other.= (FUNCTION = assign_other.always, LEFTARG = pg_catalog.text, RIGHTARG = pg_catalog.text);
SET search_path = assign_other, pg_catalog;
CREATE TABLE assign_test.deceived AS SELECT * FROM fairdraw.assign_draw('SELECT v::pg_catalog.int2 AS visit, need FROM assign_test.visit', 'SELECT i::pg_catalog.int2 AS inspector FROM assign_test.staff',
                                                                        'SELECT v::pg_catalog.int2 AS visit, i::pg_catalog.int2 AS inspector FROM assign_test.pair', 'seed');
SET search_path = assign_test, fairdraw, public;
SELECT (SELECT array_agg(d::text) FROM deceived AS d) = drawn('SELECT v AS visit, need FROM visit', 'SELECT i AS inspector FROM staff', 'SELECT v AS visit, i AS inspector FROM pair', 'seed') AS same;

-- nothing is stored, nothing has to be set up, and nothing can be written by the queries
BEGIN READ ONLY;
SELECT count(*) FROM assign_plan(:district);
SELECT count(*) FROM assign_draw(:district, 'seed');
SELECT count(*) FROM assign_explain(:district);
COMMIT;
CREATE TABLE log (line text);
CREATE FUNCTION write_log(line text) RETURNS text LANGUAGE sql AS 'INSERT INTO log VALUES (line) RETURNING line';
SELECT * FROM assign_plan('SELECT write_log(visit) AS visit, need FROM visit', 'SELECT inspector FROM staff', 'SELECT visit, inspector FROM pair');
-- what the transaction wrote is seen
BEGIN;
DELETE FROM visit WHERE v > 1;
SELECT DISTINCT visit FROM assign_draw('SELECT visit, need FROM visit', 'SELECT inspector FROM staff', 'SELECT visit, inspector FROM pair JOIN visit USING (visit)', 'seed');
ROLLBACK;

--
-- What plans and draws are functions of
--
-- the same rows again for the same seed; others for another seed or label; the plan knows neither
SELECT drawn(:district, 'seed') = drawn(:district, 'seed') AS same_seed, drawn(:district, 'seed') = drawn(:district, 'Seed') AS other_seed,
       drawn(:district, 'seed') = drawn(:district, 'seed', '{}', 'other') AS other_label, drawn(:district, 'seed') = drawn(:district, 'seed', '{}', 'assign') AS default_label;
-- not of the order of the rows
SELECT bool_and(planned(visits, staff, eligible) = planned(:district)) AS plan, bool_and(drawn(visits, staff, eligible, 'seed') = drawn(:district, 'seed')) AS draw, count(*)
FROM unnest('{visit,v DESC,md5(visit),v % 5}'::text[]) AS by,
     LATERAL (SELECT 'SELECT visit, need FROM visit ORDER BY ' || by, format('SELECT inspector FROM staff ORDER BY md5(inspector || %L)', by),
                     format('SELECT visit, inspector FROM pair ORDER BY %s, md5(inspector || %1$L)', by)) AS q (visits, staff, eligible);
-- not of an inspector who may do nothing, wherever he is eligible
\set with_chief '''SELECT visit, need FROM visit'', ''SELECT inspector, 99 AS max_load FROM staff UNION ALL SELECT ''''I00'''', 0'', ''SELECT visit, inspector FROM pair UNION ALL SELECT visit, ''''I00'''' FROM visit'''
SELECT (SELECT array_agg(p::text) FROM assign_plan(:with_chief) AS p WHERE inspector <> 'I00') = planned(:district) AS plan, drawn(:with_chief, 'seed') = drawn(:district, 'seed') AS draw;
-- not of what happens in a county that shares nobody: the plan of two copies is the plan of one, twice
SELECT copy, array_agg((right(visit, -1), right(inspector, -1), numerator, forced) ORDER BY ordinality) = (SELECT array_agg((visit, inspector, numerator, forced)) FROM assign_plan(:district)) AS plan
FROM ROWS FROM (assign_plan('SELECT c || visit AS visit, need FROM visit, (VALUES (''A''), (''B'')) AS c (c)', 'SELECT c || inspector AS inspector FROM staff, (VALUES (''A''), (''B'')) AS c (c)',
                            'SELECT c || visit AS visit, c || inspector AS inspector FROM pair, (VALUES (''A''), (''B'')) AS c (c)')) WITH ORDINALITY,
     LATERAL left(visit, 1) AS copy
GROUP BY copy ORDER BY copy;
-- not of the names, only of their order
\set renamed '''SELECT replace(visit, ''''V'''', ''''二三'''') AS visit, need FROM visit'', ''SELECT replace(inspector, ''''I'''', ''''员'''') AS inspector FROM staff'', ''SELECT replace(visit, ''''V'''', ''''二三'''') AS visit, replace(inspector, ''''I'''', ''''员'''') AS inspector FROM pair'''
SELECT (SELECT array_agg((replace(visit, '二三', 'V'), replace(inspector, '员', 'I'), numerator, forced)) FROM assign_plan(:renamed)) = (SELECT array_agg((visit, inspector, numerator, forced)) FROM assign_plan(:district)) AS plan,
       (SELECT array_agg((replace(visit, '二三', 'V'), slot, replace(inspector, '员', 'I'))) FROM assign_draw(:renamed, 'seed')) = (SELECT array_agg((visit, slot, inspector)) FROM assign_draw(:district, 'seed')) AS draw;
-- in another order the probabilities are the same but for what rounding leaves over: no difference is above 2^-16
SELECT count(*) AS pairs, max(abs(a.numerator - b.numerator)) <= 16 AS same
FROM assign_plan(:district) AS a
JOIN assign_plan('SELECT reverse(visit) AS visit, need FROM visit', 'SELECT reverse(inspector) AS inspector FROM staff', 'SELECT reverse(visit) AS visit, reverse(inspector) AS inspector FROM pair') AS b
     ON (reverse(a.visit), reverse(a.inspector)) = (b.visit, b.inspector);
-- equals, who have the same pairs and bounds, are treated as equals, wherever they stand in the order: no
-- difference is above 2^-16
\set twins '''SELECT visit, need FROM visit'', ''SELECT inspector, i % 4 + 5 AS max_load FROM staff UNION ALL SELECT ''''Z'''' || i, i % 4 + 5 FROM staff WHERE i IN (1, 2, 7)'', ''SELECT visit, inspector FROM pair UNION ALL SELECT visit, ''''Z'''' || i FROM pair WHERE i IN (1, 2, 7)'''
SELECT count(*) AS pairs, max(abs(a.numerator - b.numerator)) <= 16 AS equal, count(DISTINCT a.numerator) > 10 AS "but not all equal"
FROM assign_plan(:twins) AS a JOIN assign_plan(:twins) AS b ON a.visit = b.visit AND (a.inspector, b.inspector) IN (('I01', 'Z1'), ('I02', 'Z2'), ('I07', 'Z7'));
-- not of the session's settings
CREATE TABLE here AS SELECT * FROM assign_draw(:district, 'seed');
SET DateStyle = 'SQL, DMY';
SET extra_float_digits = 0;
SET client_encoding = 'EUC_CN';
SET work_mem = '64kB';
SET enable_seqscan = off;
SET jit_above_cost = 0;
SET quote_all_identifiers = on;
CREATE TABLE elsewhere AS SELECT * FROM assign_draw(:district, 'seed');
RESET ALL;
SET client_min_messages = error;
SET client_encoding = 'UTF8';
SET search_path = assign_test, fairdraw, public;
SELECT (SELECT array_agg(e::text) FROM elsewhere AS e) = (SELECT array_agg(h::text) FROM here AS h) AS same;

-- precision: probabilities are multiples of 2^-bits, sums are exact in all of them
SELECT bits, denominator, bool_and(sum = need * denominator)
FROM unnest('{1,2,8,20,24}'::int[]) AS bits,
     LATERAL (SELECT visit, denominator, sum(numerator) FROM assign_plan(:district, jsonb_build_object('precision_bits', bits)) GROUP BY 1, 2) AS p JOIN visit USING (visit)
GROUP BY 1, 2 ORDER BY 1;
-- "substitutes" has its place among the options, but neither plan nor draw look at it
SELECT planned(:district, '{"substitutes": 0}') = planned(:district) AND drawn(:district, 'seed', '{"substitutes": 99}') = drawn(:district, 'seed') AS same;
-- several in one statement, and in a WHERE that is evaluated again and again
SELECT count(*) FROM visit WHERE visit IN (SELECT visit FROM assign_draw(:district, visit.visit) WHERE inspector = 'I01');
