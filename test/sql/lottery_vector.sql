--
-- The vector of the lottery (doc/assignment.md, section 12): its records are
-- made with the salts, the secret and the serial of the published texts, and
-- every text that fairdraw writes about them is compared, byte for byte.
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
SET timezone = 'UTC';
SELECT fairdraw.setup('某区市场监督管理局');

-- the published texts, a line a row
\getenv srcdir PG_ABS_SRCDIR
\set lottery :srcdir '/../doc/vector/lottery.txt'
\set public_bundle :srcdir '/../doc/vector/lottery-public.txt'
\set auditor_bundle :srcdir '/../doc/vector/lottery-auditor.txt'
CREATE TEMP TABLE published (file text DEFAULT 'lottery', n integer GENERATED ALWAYS AS IDENTITY, line text);
COPY published (line) FROM :'lottery' (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', NULL E'\x03');
ALTER TABLE published ALTER file SET DEFAULT 'public', ALTER n RESTART;
COPY published (line) FROM :'public_bundle' (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', NULL E'\x03');
ALTER TABLE published ALTER file SET DEFAULT 'auditor', ALTER n RESTART;
COPY published (line) FROM :'auditor_bundle' (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', NULL E'\x03');
SELECT file, count(*) AS lines FROM published GROUP BY file ORDER BY file;

--
-- Its records.  A rehearsal can be sealed after its due times; then it is made a real ceremony.
--
SELECT fairdraw.open_ceremony('2026-04', ARRAY[
    'dice local 51 2026-04-02T06:00:00Z #################### twenty dice thrown before witnesses, left to right',
    'ssq public 24 2026-04-02T13:15:00Z ##,##,##,##,##,##+## Shuangseqiu, six red numbers ascending, plus the blue one',
    'dlt public 24 2026-04-04T13:25:00Z ##,##,##,##,##+##,## Daletou, five front numbers ascending, plus two back numbers ascending'],
    'https://example.org/ceremonies', '2026-06-01', rehearsal => true);
SELECT fairdraw.commit_draw('2026-04', '2026-04/shops',
    $$SELECT * FROM (VALUES ('SHOP-1', '城关所', 1), ('SHOP-2', '城关所', 1), ('SHOP-3', '城关所', 2),
                            ('SHOP-4', '新城所', 1), ('SHOP-5', '新城所', 3), ('店-6', '新城所', 1)) AS f (uid, stratum, weight)$$,
    '2', sealed => false);
-- (their salts are random as yet)
SELECT length(fairdraw.commit_data('2026-04', 'staff',
    $$SELECT * FROM (VALUES ('安', NULL, true, NULL, 3, DATE '2027-12-31'), ('白', NULL, false, '王家', 3, '2027-12-31'),
                            ('陈', '城关所', true, NULL, 3, '2027-12-31'), ('杜', '城关所', false, '王家', 2, '2027-12-31'),
                            ('何', '新城所', false, NULL, 3, '2027-12-31')) AS s (inspector, station, lead, exclusion_group, max_load, licence_to)$$));
SELECT length(fairdraw.commit_data('2026-04', 'rules', $$SELECT 2 AS need, 'bureau+station' AS scope, DATE '2026-04-20' AS day$$));
SELECT length(fairdraw.commit_data('2026-04', 'recusals', $$SELECT 'SHOP-4' AS uid, '何' AS inspector, '近亲属' AS reason$$));
SELECT fairdraw.commit_lottery('2026-04', '2026-04/teams', ARRAY['2026-04/shops'], 'staff', 'rules', 'recusals',
    '{"precision_bits": 8, "groups": {"lead": {"min": 1}}, "substitutes": 2}');

-- the hash of a text that a function writes
CREATE FUNCTION pg_temp.h(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hash text;
BEGIN
    EXECUTE format($q$SELECT encode(sha256(convert_to(string_agg(line || E'\n', '' ORDER BY n), 'UTF8')), 'hex')
                      FROM %s WITH ORDINALITY AS t (line, n)$q$, query) INTO hash;
    RETURN hash;
END
$$;
-- a superuser can do that, with the guards off
CREATE FUNCTION pg_temp.set_guards(how text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    guarded text;
BEGIN
    FOR guarded IN SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'fairdraw_guard' LOOP
        EXECUTE format('ALTER TABLE %s %s TRIGGER fairdraw_guard', guarded, how);
    END LOOP;
END
$$;
SELECT pg_temp.set_guards('DISABLE');
UPDATE fairdraw_data.data_set SET salt = repeat(CASE name WHEN 'staff' THEN 'ab' WHEN 'rules' THEN 'cd' ELSE 'ef' END, 16);
UPDATE fairdraw_data.data_set SET hash = pg_temp.h(format('fairdraw.data_text(''2026-04'', %L)', name));
UPDATE fairdraw_data.ceremony_secret SET secret = repeat('00112233445566778899aabbccddeeff', 2);
UPDATE fairdraw_data.ceremony SET rehearsal = false,
    secret_hash = encode(sha256(convert_to(repeat('00112233445566778899aabbccddeeff', 2), 'UTF8')), 'hex');
INSERT INTO fairdraw_data.seal (ceremony, serial, previous, hash, sealed_by)
VALUES ('2026-04', 18, '015a1c2bc6fe3394f20d66cf928b8677fde134840455ec138c9920c85dc9d3ab', repeat('0', 64), 'restore');
UPDATE fairdraw_data.seal SET hash = pg_temp.h('fairdraw.ceremony_text(''2026-04'')');
SELECT pg_temp.set_guards('ENABLE ALWAYS');

--
-- The draw, and the lottery
--
SELECT fairdraw.execute_ceremony('2026-04',
    '{"dice": "26145331642512345461", "ssq": "02,05,13,19,24,31+07", "dlt": "04,11,17,26,33+05,09"}');
SELECT uid, role FROM fairdraw.selection('2026-04/shops') ORDER BY uid;
SET client_min_messages = error;                    -- some pairs are certain
SELECT fairdraw.execute_lottery('2026-04/teams');
SELECT * FROM fairdraw.teams('2026-04/teams');
SELECT * FROM fairdraw.substitutes('2026-04/teams');
SELECT item, ok FROM fairdraw.verify_lottery('2026-04/teams');

--
-- The bundles (no rows)
--
SELECT n, w.line AS written, p.line AS published
FROM fairdraw.export_lottery('2026-04/teams', 'auditor') WITH ORDINALITY AS w (line, n)
FULL JOIN (SELECT n, line FROM published WHERE file = 'auditor') p USING (n)
WHERE w.line IS DISTINCT FROM p.line ORDER BY n;
SELECT fairdraw.disclose_seed('2026-04');
SELECT n, w.line AS written, p.line AS published
FROM fairdraw.export_lottery('2026-04/teams') WITH ORDINALITY AS w (line, n)
FULL JOIN (SELECT n, line FROM published WHERE file = 'public') p USING (n)
WHERE w.line IS DISTINCT FROM p.line ORDER BY n;

--
-- The same over any tables, with the text of the seed: input, chances, teams and substitutes
--
CREATE TEMP TABLE visit AS
SELECT E'2026-04/shops\t' || uid AS visit, uid, stratum AS station, 2 AS need FROM fairdraw.selection('2026-04/shops');
CREATE TEMP TABLE staff (inspector text, station text, lead boolean, exclusion_group text, max_load integer, licence_to date);
INSERT INTO staff VALUES ('安', NULL, true, NULL, 3, '2027-12-31'), ('白', NULL, false, '王家', 3, '2027-12-31'),
    ('陈', '城关所', true, NULL, 3, '2027-12-31'), ('杜', '城关所', false, '王家', 2, '2027-12-31'),
    ('何', '新城所', false, NULL, 3, '2027-12-31');
CREATE TEMP TABLE candidate AS
SELECT * FROM fairdraw.assign_candidates('TABLE pg_temp.visit', 'TABLE pg_temp.staff', '{"scope": "bureau+station", "day": "2026-04-20"}',
    $$SELECT 'SHOP-4' AS uid, '何' AS inspector$$);
SELECT substr(line, 9) AS options FROM published WHERE file = 'lottery' AND line ~ '^options\t' \gset
SELECT string_agg(t || E'\n', '') AS seed FROM fairdraw.seed_text('2026-04') t \gset
CREATE TEMP TABLE computed AS
SELECT format(E'visit\t%s\t%s', visit, need) AS line FROM visit
UNION ALL SELECT format(E'inspector\t%s\t0\t%s\t%s', inspector, max_load, coalesce(exclusion_group, '-')) FROM staff
UNION ALL SELECT format(E'eligible\t%s\t%s\t%s', visit, inspector, array_to_string(groups, ',')) FROM candidate WHERE excluded IS NULL
UNION ALL SELECT format(E'excluded\t%s\t%s\t%s', visit, inspector, excluded) FROM candidate WHERE excluded IS NOT NULL
UNION ALL SELECT format(E'fixed\t%s\t%s\t%s', visit, inspector, numerator)
    FROM fairdraw.assign_plan('TABLE pg_temp.visit', 'TABLE pg_temp.staff', 'TABLE pg_temp.candidate', :'options') WHERE forced
UNION ALL SELECT format(E'pair\t%s\t%s\t%s\t%s', visit, inspector, numerator, CASE WHEN forced THEN 'fixed' ELSE 'free' END)
    FROM fairdraw.assign_plan('TABLE pg_temp.visit', 'TABLE pg_temp.staff', 'TABLE pg_temp.candidate', :'options')
UNION ALL SELECT format(E'team\t%s\t%s\t%s', visit, slot, inspector)
    FROM fairdraw.assign_draw('TABLE pg_temp.visit', 'TABLE pg_temp.staff', 'TABLE pg_temp.candidate', :'seed', :'options', '2026-04/teams')
UNION ALL SELECT format(E'substitute\t%s\t%s\t%s', visit, rank, inspector)
    FROM fairdraw.assign_substitutes('TABLE pg_temp.visit', 'TABLE pg_temp.staff', 'TABLE pg_temp.candidate', :'seed', :'options', '2026-04/teams');

-- S, K and the first words, in plain SQL
CREATE FUNCTION pg_temp.h64(line text) RETURNS text IMMUTABLE RETURN encode(sha256(convert_to(line, 'UTF8')), 'hex');
SELECT pg_temp.h64(pg_temp.h64(:'seed') || '/lottery/2026-04/teams') AS k \gset
INSERT INTO computed VALUES (E'S\t' || pg_temp.h64(:'seed')), (E'K\t' || :'k');
INSERT INTO computed
SELECT 'words of ' || name || string_agg(E'\t' || ('x' || substr(pg_temp.h64(format('%s/%s:%s', :'k', name, w / 8)), w % 8 * 8 + 1, 8))::bit(32)::bigint, '' ORDER BY w)
FROM (VALUES ('team', 15), ('substitute/0', 3), ('substitute/1', 3), ('substitute/2', 3), ('substitute/3', 3)) AS s (name, last),
    generate_series(0, last) AS w
GROUP BY name;

-- (no rows; a published pair also has its node, which assign_plan() does not show)
SELECT c.line AS computed, p.line AS published
FROM computed c FULL JOIN (SELECT regexp_replace(line, E'^(pair\t.*)\t[0-9]+(\t[0-9]+\t[a-z]+)$', '\1\2') AS line
    FROM published WHERE file = 'lottery'
        AND line ~ E'^(visit|inspector|eligible|excluded|fixed|pair|S|K|words of [^\t]*|team|substitute)\t') p USING (line)
WHERE c.line IS NULL OR p.line IS NULL ORDER BY c.line, p.line;
SELECT count(*) AS lines_compared FROM computed;

DROP SCHEMA fairdraw_data CASCADE;
