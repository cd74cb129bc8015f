--
-- The life of a ceremony: open, commit, seal, publish, wait, execute, disclose,
-- verify, archive.  Nearly everything here is a rehearsal, which enforces no
-- times and uses up no serial.
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
SET timezone = 'UTC';
\set SHOW_CONTEXT never

--
-- setup() makes the records
--

-- in a schema of its own only
CREATE SCHEMA fairdraw_data;
SELECT fairdraw.setup('某市市场监督管理局');
DROP SCHEMA fairdraw_data;

SELECT fairdraw.setup('某市市场监督管理局');
SELECT name FROM fairdraw_data.agency;

-- called again it changes nothing (no rows)
CREATE TEMP TABLE setup_before AS
    SELECT oid::text AS what, relname::text AS name FROM pg_class WHERE relnamespace = 'fairdraw_data'::regnamespace
    UNION ALL SELECT step::text, done_at::text FROM fairdraw_data.step
    UNION ALL SELECT id::text, name FROM fairdraw_data.agency;
SELECT fairdraw.setup();
(SELECT oid::text AS what, relname::text AS name FROM pg_class WHERE relnamespace = 'fairdraw_data'::regnamespace
    UNION ALL SELECT step::text, done_at::text FROM fairdraw_data.step
    UNION ALL SELECT id::text, name FROM fairdraw_data.agency)
EXCEPT TABLE setup_before;

-- they outlive the extension: it cannot be dropped while they are there
\set VERBOSITY terse
DROP EXTENSION fairdraw;
\set VERBOSITY default

--
-- A ceremony without a secret, with one draw whose weights are open: here every
-- byte is known
--
CREATE TEMP TABLE register (uid text, trade text, weight numeric, closed boolean);
INSERT INTO register VALUES
    ('F-01', '食品', 1, false), ('F-02', '食品', 1, false), ('F-03', '食品', 2, false), ('F-04', '食品', 2, false),
    ('F-05', '食品', 4, false), ('F-06', '食品', 0.5, false), ('F-07', '食品', 1, true),
    ('L-01', '电梯', 1, false), ('L-02', '电梯', 1, false), ('L-03', '电梯', 1, false), ('L-04', '电梯', 1, false),
    ('L-05', '电梯', 10, false), ('L-06', '电梯', 1, true);

-- open: what entropy, from where, due when; where it is published; until when the seed is public
SELECT fairdraw.open_ceremony('lesson', ARRAY[
    'dice local 16 2026-03-05T06:00:00Z ##### five ten-sided dice, left to right',
    'ssq public 24 2026-03-05T13:30:00Z ##,##,##,##,##,##+## Shuangseqiu issue 2026026',
    'dlt public 24 2026-03-07T13:30:00Z ##,##,##,##,##+##,## Daletou issue 26025'],
    'https://example.org/ceremonies', '2026-05-01', secret => false, rehearsal => true);

-- commit: the frame is frozen, and everybody of the register stands in it or in the exclusions
SELECT fairdraw.commit_draw('lesson', 'lesson/1',
    frame => 'SELECT uid, trade AS stratum, weight FROM register WHERE NOT closed',
    sizes => '{"食品": {"n": 2, "reserve": 2}, "电梯": 2}',
    exclusions => $$SELECT uid, '已注销' AS reason FROM register WHERE closed$$,
    register => 'TABLE register',
    method => 'pareto', sealed => false);
SELECT * FROM fairdraw.frame_lines('lesson/1');
SELECT * FROM fairdraw.plan_text('lesson/1');

-- what happens to the register from now on has no influence
DELETE FROM register WHERE uid < 'L';
SELECT count(*) FROM fairdraw.frame_lines('lesson/1');

-- seal: the hash of the text that is published
SELECT fairdraw.seal_ceremony('lesson');
SELECT * FROM fairdraw.ceremony_text('lesson');

-- execute: the values, by name; returned is S
SELECT fairdraw.execute_ceremony('lesson',
    '{"dice": "01382", "ssq": "03,07,12,18,22,30+11", "dlt": "01,08,19,23,34+02,11"}');
SELECT fairdraw.disclose_seed('lesson');
SELECT * FROM fairdraw.seed_text('lesson');
SELECT * FROM fairdraw.result_text('lesson/1');

-- the drawn units as a relation, in the order of the text
SELECT stratum, role, rank, uid, left(encode(ticket, 'hex'), 8) AS ticket, weight, round(probability::numeric, 6) AS probability
FROM fairdraw.selection('lesson/1');

-- everything recomputed from the records
SELECT * FROM fairdraw.verify_draw('lesson/1');

-- what a unit of the frame gets
SELECT * FROM fairdraw.unit_proof('lesson/1', 'F-03');

-- what one that is excluded gets, and one between whose neighbours nobody stands
SELECT * FROM fairdraw.unit_proof('lesson/1', 'F-07') AS line WHERE line ~ '^(draw|uid|unit|path|exclusion)';
SELECT * FROM fairdraw.unit_proof('lesson/1', 'F-061') AS line WHERE line ~ '^(draw|uid|unit|path|exclusion)';

--
-- A ceremony with a secret, sealed weights and other data.  Secret and salts are
-- random, so that it is shown how the texts hang together.
--
CREATE TEMP TABLE firm AS
SELECT format('9144%s', lpad(i::text, 6, '0')) AS uid, (ARRAY['east', 'west', '中区'])[1 + i % 3] AS district,
       1 + i % 7 + 0.25 * (i % 4) AS weight
FROM generate_series(1, 600) AS i;

CREATE FUNCTION pg_temp.h(line text) RETURNS text IMMUTABLE
    RETURN encode(sha256(convert_to(line, 'UTF8')), 'hex');

SELECT fairdraw.open_ceremony('spring', ARRAY[
    'ssq public 24 2026-03-05T13:30:00Z ##,##,##,##,##,##+## Shuangseqiu issue 2026026',
    'dlt public 24 2026-03-07T13:30:00Z ##,##,##,##,##+##,## Daletou issue 26025'],
    'https://example.org/ceremonies', '2026-05-01', rehearsal => true);
SELECT fairdraw.commit_draw('spring', 'spring/sealed', 'SELECT uid, district AS stratum, weight FROM firm',
    '{"east": {"n": 20, "reserve": 5}, "west": 10, "中区": 0}') AS sealed_plan,
       fairdraw.commit_draw('spring', 'spring/open', 'SELECT uid, district AS stratum, weight FROM firm',
    '{"east": {"n": 20, "reserve": 5}, "west": 10, "中区": 0}', stream => 'spring/sealed', sealed => false) AS open_plan
\gset
SELECT fairdraw.commit_data('spring', 'staff',
    $$VALUES ('I-07', 'lifts', date '2027-12-31', true), ('I-03', 'food', NULL, false)$$) AS data_hash
\gset

-- few units in a stratum betray sealed weights by their sum, which is said
SELECT fairdraw.commit_draw('spring', 'spring/few', 'SELECT uid, weight FROM firm LIMIT 3', '1') IS NOT NULL AS committed;
SELECT fairdraw.seal_ceremony('spring') AS ceremony_hash
\gset

-- each hash is that of its text
SELECT :'sealed_plan' = pg_temp.h(string_agg(t || E'\n', '')) AS sealed_plan FROM fairdraw.plan_text('spring/sealed') t;
SELECT :'open_plan' = pg_temp.h(string_agg(t || E'\n', '')) AS open_plan FROM fairdraw.plan_text('spring/open') t;
SELECT :'data_hash' = pg_temp.h(string_agg(t || E'\n', '')) AS data FROM fairdraw.data_text('spring', 'staff') t;
SELECT :'ceremony_hash' = pg_temp.h(string_agg(t || E'\n', '')) AS ceremony FROM fairdraw.ceremony_text('spring') t;

-- and the text of the ceremony binds all of them
SELECT regexp_replace(regexp_replace(regexp_replace(regexp_replace(t, :'sealed_plan', '<plan hash of spring/sealed>'),
           :'open_plan', '<plan hash of spring/open>'), :'data_hash', '<data hash>'), '[0-9a-f]{64}', '<hash>') AS ceremony
FROM fairdraw.ceremony_text('spring') t;
SELECT regexp_replace(t, '[0-9a-f]{32}', '<salt>') AS data FROM fairdraw.data_text('spring', 'staff') t;

-- sealed frame lines show no weight, and no two of them have the same seal
SELECT count(*) AS units, count(DISTINCT split_part(t, E'\t', 3)) AS seals, bool_and(t ~ E'^9144[0-9]{6}\t(east|west|中区)\tc[0-9a-f]{64}$') AS sealed
FROM fairdraw.frame_lines('spring/sealed') t;

-- the frame as a view
SELECT label, uid, stratum, weight::float8 FROM fairdraw_data.frame_unit WHERE uid = '9144000007' ORDER BY label COLLATE "C";

SELECT fairdraw.execute_ceremony('spring', '{"ssq": "03,07,12,18,22,30+11", "dlt": "01,08,19,23,34+02,11"}') AS s
\gset
SELECT :'s' = pg_temp.h(string_agg(t || E'\n', '')) AS s_is_hash_of_seed FROM fairdraw.seed_text('spring') t;
SELECT c.secret_hash = pg_temp.h(split_part(t, ': ', 2)) AS secret_is_the_committed_one
FROM fairdraw.seed_text('spring') t, fairdraw_data.ceremony c
WHERE c.ceremony = 'spring' AND t LIKE 'secret: %';

-- draw() with the seed text of the ceremony draws the same: with open weights in the same order (no rows)
SELECT string_agg(t || E'\n', '') AS seed FROM fairdraw.seed_text('spring') t
\gset
SELECT n, s, d
FROM fairdraw.selection('spring/open') WITH ORDINALITY AS s (stratum, role, rank, uid, ticket, weight, probability, n)
FULL JOIN fairdraw.draw('SELECT uid, district AS stratum, weight FROM firm',
    '{"east": {"n": 20, "reserve": 5}, "west": 10, "中区": 0}', :'seed', 'spring/sealed')
    WITH ORDINALITY AS d (stratum, role, rank, uid, ticket, weight, probability, n) USING (n)
WHERE s IS DISTINCT FROM d;

-- with sealed weights the drawn stand by uid, so that their order says nothing about the weights (no rows)
SELECT stratum, role, uid, ticket, weight, probability FROM fairdraw.selection('spring/sealed')
EXCEPT ALL
SELECT stratum, role, uid, ticket, weight, probability FROM fairdraw.selection('spring/open');
SELECT stratum, role, count(*) AS units, min(rank) AS first, max(rank) AS last,
       CASE role WHEN 'drawn' THEN array_agg(uid ORDER BY rank) = array_agg(uid ORDER BY uid COLLATE "C") END AS by_uid
FROM fairdraw.selection('spring/sealed') GROUP BY stratum, role ORDER BY stratum COLLATE "C", role;

-- the reserve stands in the order in which it is called up, whatever the weights (no rows)
SELECT stratum, rank, uid FROM fairdraw.selection('spring/sealed') WHERE role = 'reserve'
EXCEPT SELECT stratum, rank, uid FROM fairdraw.selection('spring/open') WHERE role = 'reserve';

-- a ticket is what anybody computes from key and uid (no rows)
SELECT uid FROM fairdraw.selection('spring/sealed')
WHERE ticket <> fairdraw.ticket(fairdraw.stream_key(:'seed', 'spring/sealed'), uid);

--
-- What is exported, and when
--
CREATE TEMP TABLE bundle (moment text, audience text, n bigint, line text);
INSERT INTO bundle SELECT 'executed', 'public', t.n, t.line FROM fairdraw.export_draw('spring/sealed') WITH ORDINALITY AS t (line, n);
INSERT INTO bundle SELECT 'executed', 'auditor', t.n, t.line FROM fairdraw.export_draw('spring/sealed', 'auditor') WITH ORDINALITY AS t (line, n);
SELECT fairdraw.disclose_seed('spring');
INSERT INTO bundle SELECT 'disclosed', 'public', t.n, t.line FROM fairdraw.export_draw('spring/sealed') WITH ORDINALITY AS t (line, n);
INSERT INTO bundle SELECT 'disclosed', 'auditor', t.n, t.line FROM fairdraw.export_draw('spring/sealed', 'auditor') WITH ORDINALITY AS t (line, n);

-- the texts in each of them, in their order
SELECT moment, audience, string_agg(substr(line, 12), ', ' ORDER BY n) AS texts
FROM bundle WHERE line LIKE 'fairdraw/1 %' GROUP BY moment, audience ORDER BY moment DESC, audience;

-- the auditor's frame lines end in salt and micro, and these give the seal (no rows)
SELECT line FROM bundle
WHERE moment = 'executed' AND audience = 'auditor' AND line ~ E'^9144[0-9]{6}\t.*\tc'
  AND split_part(line, E'\t', 3) <> 'c' || pg_temp.h(split_part(line, E'\t', 4) || ':' || split_part(line, E'\t', 5));

-- disclosing adds the seed to the public bundle, and nothing else
SELECT regexp_replace(regexp_replace(line, '[0-9a-f]{64}', '<hash>'), '^secret: .*', 'secret: <secret>') AS added
FROM bundle d WHERE moment = 'disclosed' AND audience = 'public'
  AND NOT EXISTS (SELECT FROM bundle e WHERE e.moment = 'executed' AND e.audience = 'public' AND e.line = d.line)
ORDER BY n;

-- and leaves the auditor's as it was (no rows)
SELECT n, line FROM bundle WHERE moment = 'disclosed' AND audience = 'auditor'
EXCEPT SELECT n, line FROM bundle WHERE moment = 'executed' AND audience = 'auditor';

--
-- A value that was entered wrongly is replaced; both executions stay on record
--
SELECT fairdraw.correct_execution('spring', '{"ssq": "03,07,12,18,22,31+11", "dlt": "01,08,19,23,34+02,11"}', '抄录错误') AS corrected
\gset
SELECT :'s' <> :'corrected' AS is_another_seed;
SELECT execution, reason FROM fairdraw_data.execution WHERE ceremony = 'spring' ORDER BY execution;
SELECT execution, name, value FROM fairdraw_data.entropy_value WHERE ceremony = 'spring' ORDER BY execution, name;
SELECT execution, count(*) AS units FROM fairdraw_data.selection s JOIN fairdraw_data.draw d USING (draw)
WHERE d.label = 'spring/sealed' GROUP BY execution ORDER BY execution;

-- the newest holds
SELECT :'corrected' = pg_temp.h(string_agg(t || E'\n', '')) AS seed FROM fairdraw.seed_text('spring') t;
SELECT r.execution, r.hash = pg_temp.h(string_agg(t || E'\n', '')) AS is_result_text
FROM fairdraw.result_text('spring/sealed') t, fairdraw_data.result r JOIN fairdraw_data.draw d USING (draw)
WHERE d.label = 'spring/sealed' GROUP BY r.execution, r.hash ORDER BY r.execution;
SELECT count(*) AS not_of_the_newest FROM (
    SELECT uid FROM fairdraw.selection('spring/sealed')
    EXCEPT SELECT s.uid FROM fairdraw_data.selection s JOIN fairdraw_data.draw d USING (draw)
    WHERE d.label = 'spring/sealed' AND s.execution = 2) AS u;

-- and both are verified
SELECT item, ok FROM fairdraw.verify_draw('spring/sealed');

--
-- Archiving: the frame leaves, plan and result stay
--
SELECT pg_temp.h(string_agg(t || E'\n', '')) AS bundle_hash FROM fairdraw.export_draw('spring/sealed', 'auditor') t
\gset
SELECT fairdraw.archive_draw('spring/sealed', :'bundle_hash');
SELECT d.label, a.bundle_hash = :'bundle_hash' AS has_hash, (SELECT count(*) FROM fairdraw_data.frame f WHERE f.draw = d.draw) AS units
FROM fairdraw_data.draw d LEFT JOIN fairdraw_data.archive a USING (draw) WHERE d.ceremony = 'spring' ORDER BY d.draw;

-- still there
SELECT :'sealed_plan' = pg_temp.h(string_agg(t || E'\n', '')) AS plan FROM fairdraw.plan_text('spring/sealed') t;
SELECT count(*) AS drawn FROM fairdraw.selection('spring/sealed');
SELECT count(*) AS result_lines FROM fairdraw.result_text('spring/sealed');
SELECT item, ok, CASE WHEN ok THEN '' ELSE detail END AS detail FROM fairdraw.verify_draw('spring/sealed');

-- no longer
SELECT * FROM fairdraw.frame_lines('spring/sealed');
SELECT * FROM fairdraw.export_draw('spring/sealed');
SELECT * FROM fairdraw.unit_proof('spring/sealed', '9144000007');
SELECT fairdraw.archive_draw('spring/sealed', :'bundle_hash');
SELECT fairdraw.correct_execution('spring', '{"ssq": "03,07,12,18,22,30+11", "dlt": "01,08,19,23,34+02,11"}', 'again');

--
-- Data alone can be committed, and a public value that never came about is none
--
SELECT fairdraw.open_ceremony('data only', ARRAY[
    'ssq public 24 2026-03-05T13:30:00Z ##,##,##,##,##,##+## Shuangseqiu issue 2026026',
    'dlt public 24 2026-03-07T13:30:00Z ##,##,##,##,##+##,## Daletou issue 26025',
    'beacon public 256 2026-03-07T14:00:00Z @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@ drand round 5000000'],
    'https://example.org/ceremonies', '2026-05-01', secret => false, rehearsal => true);
SELECT fairdraw.commit_data('data only', 'rules', 'SELECT 1 AS ratio') IS NOT NULL AS committed;
SELECT fairdraw.seal_ceremony('data only') IS NOT NULL AS sealed;
SELECT fairdraw.execute_ceremony('data only', jsonb_build_object('ssq', 'none', 'dlt', '01,08,19,23,34+02,11',
    'beacon', repeat('0123456789abcdef', 4))) IS NOT NULL AS executed;
SELECT regexp_replace(t, 'ceremony: .*', 'ceremony: <hash>') AS seed FROM fairdraw.seed_text('data only') t;

--
-- Labels and values hold any visible character
--
\set label 'a''b"c\\d%s$1 {甲}'
SELECT fairdraw.open_ceremony(:'label', ARRAY['beacon public 64 2026-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand %s "x" ''y'' \'],
    '%n', '2026-05-01', rehearsal => true);
SELECT fairdraw.commit_draw(:'label', :'label', $$SELECT 'u''"\%s' || i AS uid, 's''"\%s' AS stratum FROM generate_series(1, 20) AS i$$, '3',
    $$SELECT 'x''"\%s' AS uid, 'r''"\%s' AS reason$$, stream => :'label') IS NOT NULL AS committed;
SELECT fairdraw.commit_data(:'label', 'd', $$SELECT 'v''"%s\' AS "c'%s"$$) IS NOT NULL AS committed;
SELECT fairdraw.seal_ceremony(:'label') IS NOT NULL AS sealed;
SELECT fairdraw.execute_ceremony(:'label', '{"beacon": "0123456789abcdef"}') IS NOT NULL AS executed;
SELECT item, ok, detail FROM fairdraw.verify_draw(:'label') WHERE ok IS NOT true;
SELECT t AS line FROM fairdraw.ceremony_text(:'label') t WHERE t ~ '^(ceremony|place|entropy)'
UNION ALL SELECT t FROM fairdraw.plan_text(:'label') t WHERE t ~ '^(draw|stratum|stream)'
UNION ALL SELECT t FROM fairdraw.data_text(:'label', 'd') t WHERE t !~ '^(fairdraw|data|salt)'
UNION ALL SELECT t FROM fairdraw.unit_proof(:'label', $$x'"\%s$$) t WHERE t ~ '^(uid|exclusion):';

--
-- The root of a frame is the tree of RFC 9162, section 2.1.1
--
CREATE FUNCTION pg_temp.leaf(line text) RETURNS bytea IMMUTABLE
    RETURN sha256('\x00'::bytea || convert_to(line, 'UTF8'));
CREATE FUNCTION pg_temp.root(leaves bytea[]) RETURNS bytea IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE
    k integer := 1;
BEGIN
    IF cardinality(leaves) = 1 THEN
        RETURN leaves[1];
    END IF;
    WHILE k * 2 < cardinality(leaves) LOOP
        k := k * 2;
    END LOOP;
    RETURN sha256('\x01'::bytea || pg_temp.root(leaves[:k]) || pg_temp.root(leaves[k + 1:]));
END
$$;

-- for these numbers of units (no rows)
SELECT fairdraw.open_ceremony('trees', ARRAY['beacon public 64 2026-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'],
    'https://example.org/ceremonies', '2026-05-01', rehearsal => true);
SET client_min_messages = error;
CREATE TEMP TABLE tree AS
SELECT size, 'tree/' || size AS label,
       fairdraw.commit_draw('trees', 'tree/' || size, format('SELECT i AS uid, 1 + i %% 5 AS weight FROM generate_series(1, %s) AS i', size),
                            '1', sealed => size % 2 = 0) AS plan_hash
FROM unnest(ARRAY[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,255,256,257,513,600,1000]) AS size;
SET client_min_messages = warning;
CREATE TEMP TABLE leaf AS
SELECT t.size, l.n - 1 AS index, l.line, pg_temp.leaf(l.line) AS leaf
FROM tree t, LATERAL fairdraw.frame_lines(t.label) WITH ORDINALITY AS l (line, n);
SELECT size, count(*) AS lines, p AS plan_line
FROM tree t JOIN leaf l USING (size), LATERAL fairdraw.plan_text(t.label) p
WHERE p LIKE 'frame: %' GROUP BY size, p
HAVING p IS DISTINCT FROM format('frame: %s %s', size, encode(pg_temp.root(array_agg(l.leaf ORDER BY l.index)), 'hex'))
    OR count(*) <> size;

-- the lines stand in the order of their bytes (no rows)
SELECT size FROM leaf GROUP BY size
HAVING array_agg(split_part(line, E'\t', 1) ORDER BY index) <> array_agg(split_part(line, E'\t', 1) ORDER BY split_part(line, E'\t', 1) COLLATE "C");

--
-- Every unit can prove that it is in the frame (RFC 9162, section 2.1.3.2)
--
CREATE FUNCTION pg_temp.proves(leaf bytea, index bigint, size bigint, path bytea[], root bytea)
RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE
    fn bigint := index;
    sn bigint := size - 1;
    r bytea := leaf;
    p bytea;
BEGIN
    FOREACH p IN ARRAY path LOOP
        IF sn = 0 THEN
            RETURN false;
        END IF;
        IF fn % 2 = 1 OR fn = sn THEN
            r := sha256('\x01'::bytea || p || r);
            WHILE fn % 2 = 0 AND fn <> 0 LOOP
                fn := fn / 2;
                sn := sn / 2;
            END LOOP;
        ELSE
            r := sha256('\x01'::bytea || r || p);
        END IF;
        fn := fn / 2;
        sn := sn / 2;
    END LOOP;
    RETURN sn = 0 AND r = root;
END
$$;
SELECT fairdraw.seal_ceremony('trees') IS NOT NULL AS sealed;
CREATE TEMP TABLE proof AS
SELECT l.size, l.index, l.line, l.leaf, array_agg(p.line ORDER BY p.n) AS lines
FROM leaf l, LATERAL fairdraw.unit_proof('tree/' || l.size, split_part(l.line, E'\t', 1)) WITH ORDINALITY AS p (line, n)
WHERE l.size IN (1, 2, 3, 7, 8, 257, 600)
GROUP BY l.size, l.index, l.line, l.leaf;
SELECT p.size, count(*) AS units,
       count(*) FILTER (WHERE format(E'unit: %s\t%s', p.index, p.line) = ANY (p.lines)) AS with_its_line,
       count(*) FILTER (WHERE pg_temp.proves(p.leaf, p.index, p.size,
           ARRAY(SELECT decode(split_part(l, E'\t', 2), 'hex') FROM unnest(p.lines) WITH ORDINALITY AS u (l, n)
                 WHERE l LIKE 'path: ' || p.index || E'\t%' ORDER BY n), decode(d.root, 'hex'))) AS proven
FROM proof p JOIN fairdraw_data.draw d ON d.label = 'tree/' || p.size GROUP BY p.size ORDER BY p.size;

-- and with its salt and its weight, that it is in it with these (no rows)
SELECT size, line FROM proof
WHERE size % 2 = 0 AND split_part(line, E'\t', 3) <> 'c' || pg_temp.h(
    (SELECT substr(l, 7) FROM unnest(lines) l WHERE l LIKE 'salt: %') || ':' ||
    (SELECT substr(l, 8) FROM unnest(lines) l WHERE l LIKE 'micro: %'));
SELECT size, line FROM proof
WHERE size % 2 = 1 AND split_part(line, E'\t', 3) <> (SELECT substr(l, 8) FROM unnest(lines) l WHERE l LIKE 'micro: %');

-- before it is executed a proof has no ticket, and nothing of the seed (no rows)
SELECT size, l FROM proof, unnest(lines) l WHERE l ~ '^(ticket|key|cutoff|role|fairdraw/1 seed)';

-- more units than one batch of rows are frozen alike
SELECT fairdraw.open_ceremony('many', ARRAY['beacon public 64 2026-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'],
    'https://example.org/ceremonies', '2026-05-01', rehearsal => true);
SELECT fairdraw.commit_draw('many', 'many', 'SELECT i AS uid FROM generate_series(1, 40001) AS i', '100',
    $$SELECT 'x' || i AS uid, 'gone' AS reason FROM generate_series(1, 20001) AS i$$) IS NOT NULL AS committed;
SELECT item, ok FROM fairdraw.verify_draw('many');

--
-- Serials: real ceremonies have one each, chained, whatever becomes of them
--
SELECT fairdraw.open_ceremony(c, ARRAY['beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'],
    'https://example.org/ceremonies', '2999-05-01', rehearsal => c = 'practice')
FROM unnest('{first,second,practice,third}'::text[]) c;
SELECT fairdraw.commit_data(c, 'rules', 'SELECT 1 AS ratio') IS NOT NULL AS committed FROM unnest('{first,second,practice,third}'::text[]) c;
SELECT fairdraw.seal_ceremony('first') AS first_hash
\gset
SELECT fairdraw.seal_ceremony('practice') IS NOT NULL AS sealed;
SELECT fairdraw.seal_ceremony('second') AS second_hash
\gset

-- abort: before the first due time, with the reason, and the secret is disclosed thereby
SELECT fairdraw.abort_ceremony('second', '名录有误');
SELECT a.reason, pg_temp.h(a.secret) = c.secret_hash AS secret_is_the_committed_one
FROM fairdraw_data.abort a JOIN fairdraw_data.ceremony c USING (ceremony);
SELECT fairdraw.seal_ceremony('third') IS NOT NULL AS sealed;
SELECT s.ceremony, s.serial,
       CASE s.previous WHEN :'first_hash' THEN 'first' WHEN :'second_hash' THEN 'second' ELSE coalesce(s.previous, 'none') END AS previous
FROM fairdraw_data.seal s WHERE s.ceremony IN ('first', 'second', 'practice', 'third') ORDER BY s.sealed_at;
SELECT t AS serial_line FROM fairdraw.ceremony_text('first') t WHERE t LIKE 'serial: %'
UNION ALL SELECT replace(t, :'second_hash', '<hash of second>') FROM fairdraw.ceremony_text('third') t WHERE t LIKE 'serial: %'
UNION ALL SELECT t FROM fairdraw.ceremony_text('practice') t WHERE t LIKE 'serial: %' OR t LIKE 'fairdraw/1%';

-- one that is not sealed can be aborted as well
SELECT fairdraw.open_ceremony('fourth', ARRAY['beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'],
    'https://example.org/ceremonies', '2999-05-01', secret => false);
SELECT fairdraw.abort_ceremony('fourth', '试运行');

-- where they all stand
SELECT ceremony, rehearsal, state, serial, draws, executions, reason FROM fairdraw_data.ceremony_state ORDER BY opened_at, ceremony;

DROP SCHEMA fairdraw_data CASCADE;
