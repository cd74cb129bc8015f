--
-- The vector of the protocol (section 11), byte for byte: its records are
-- loaded as a restore would load them, and every text that fairdraw writes
-- about them is compared with the published one.
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
SET timezone = 'UTC';
SELECT fairdraw.setup('某区市场监督管理局');

-- the published texts, a line a row
\getenv srcdir PG_ABS_SRCDIR
\set vector :srcdir '/../doc/vector/vector.txt'
\set public_bundle :srcdir '/../doc/vector/bundle-public.txt'
\set auditor_bundle :srcdir '/../doc/vector/bundle-auditor.txt'
CREATE TEMP TABLE published (file text DEFAULT 'vector', n integer GENERATED ALWAYS AS IDENTITY, line text);
COPY published (line) FROM :'vector' (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', NULL E'\x03');
ALTER TABLE published ALTER file SET DEFAULT 'public', ALTER n RESTART;
COPY published (line) FROM :'public_bundle' (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', NULL E'\x03');
ALTER TABLE published ALTER file SET DEFAULT 'auditor', ALTER n RESTART;
COPY published (line) FROM :'auditor_bundle' (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', NULL E'\x03');
SELECT file, count(*) AS lines FROM published GROUP BY file ORDER BY file;

--
-- Its records
--
CREATE TEMP TABLE unit (uid text COLLATE "C", stratum integer, weight numeric);
INSERT INTO unit VALUES
    ('91110108551385082Q', 1, 40), ('914403001922038216', 1, 25), ('91110000101623741K', 1, 20),
    ('911101066976941872', 1, 10), ('91110000600037341L', 1, 5),
    ('LIFT-001', 2, 1), ('LIFT-002', 2, 1), ('LIFT-003', 2, 1), ('LIFT-004', 2, 1.5), ('电梯-005', 2, 1),
    ('BIG-1', 3, 90), ('BIG-2', 3, 8), ('BIG-3', 3, 1), ('BIG-4', 3, 1),
    ('𠮷-1', 4, 1), ('（-1', 4, 2), ('Ω-1', 4, 2);
CREATE TEMP TABLE quota (stratum integer, name text, n bigint, reserve bigint);
INSERT INTO quota VALUES (1, 'food', 2, 1), (2, 'lifts', 2, 9), (3, 'plants', 2, 0), (4, 'unicode', 3, 1);

-- the formulas of sections 1 to 3, written again in plain SQL
CREATE FUNCTION pg_temp.h(line text) RETURNS text IMMUTABLE
    RETURN encode(sha256(convert_to(line, 'UTF8')), 'hex');
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
CREATE TEMP TABLE frame AS
SELECT d.draw, u.stratum, u.micro, u.uid,
       u.uid || E'\t' || q.name || E'\t' || CASE WHEN d.sealed THEN 'c' || pg_temp.h(left(pg_temp.h(
           repeat('0f', 32) || E'\t' || d.label || E'\t' || u.uid), 32) || ':' || u.micro) ELSE u.micro::text END AS line
FROM (VALUES (1, '2026-03/targets', true), (2, '2026-03/open', false)) AS d (draw, label, sealed),
     (SELECT uid, stratum, (weight * 1000000)::bigint AS micro FROM unit) AS u JOIN quota q USING (stratum);
CREATE TEMP TABLE root AS
SELECT draw, pg_temp.root(array_agg(pg_temp.leaf(line) ORDER BY uid)) AS root FROM frame GROUP BY draw;

-- a superuser can load them, as pg_restore does: with the guards off
SELECT format('ALTER TABLE fairdraw_data.%I DISABLE TRIGGER fairdraw_guard', c.relname)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname = 'fairdraw_guard' ORDER BY c.relname
\gexec
INSERT INTO fairdraw_data.ceremony (ceremony, rehearsal, agency, place, disclose, secret_hash, opened_by)
VALUES ('2026-03', false, '某区市场监督管理局', 'https://example.org/ceremonies', '2026-05-01',
        pg_temp.h(repeat('00112233445566778899aabbccddeeff', 2)), 'restore');
INSERT INTO fairdraw_data.ceremony_secret VALUES ('2026-03', repeat('00112233445566778899aabbccddeeff', 2));
INSERT INTO fairdraw_data.entropy_source (ceremony, position, name, kind, bits, due, mask, how) VALUES
    ('2026-03', 1, 'dice', 'local', 66, '2026-03-05T06:00:00Z', '####################',
     'twenty ten-sided dice thrown by the notary, left to right'),
    ('2026-03', 2, 'ssq', 'public', 24, '2026-03-05T13:30:00Z', '##,##,##,##,##,##+##',
     'Shuangseqiu issue 2026026, six red numbers ascending, plus the blue one'),
    ('2026-03', 3, 'dlt', 'public', 24, '2026-03-07T13:30:00Z', '##,##,##,##,##+##,##',
     'Daletou issue 26025, five front numbers ascending, plus two back numbers ascending');
INSERT INTO fairdraw_data.draw (draw, label, ceremony, method, stream, rotation, sealed, register, units, root,
                                exclusions, exclusions_hash, plan_hash, committed_by) OVERRIDING SYSTEM VALUE
SELECT draw, label, '2026-03', method, '2026-03/targets', '0/1', sealed, register, 17, encode(root, 'hex'),
       exclusions, exclusions_hash, plan_hash, 'restore'
FROM (VALUES (1, '2026-03/targets', 'pareto', true, 18, 1, pg_temp.h(E'91512081MA62K0260E\tderegistered\n'),
              'd61d0acddb40f20fd318608a0636e8601218da6fffe0e21f095cfbaf3162f5a7'),
             (2, '2026-03/open', 'auto', false, NULL, 0, pg_temp.h(''),
              '36f9bd89d22e2841656bf206b3e47708f97fe17b93ce8105be653ff8e00bba2e'))
     AS d (draw, label, method, sealed, register, exclusions, exclusions_hash, plan_hash) JOIN root USING (draw);
INSERT INTO fairdraw_data.stratum (draw, stratum, name, units, micro, n, reserve)
SELECT f.draw, q.stratum, q.name, count(*), sum(f.micro), q.n, q.reserve
FROM frame f JOIN quota q USING (stratum) GROUP BY f.draw, q.stratum, q.name, q.n, q.reserve;
INSERT INTO fairdraw_data.salt_key VALUES (1, repeat('0f', 32));
INSERT INTO fairdraw_data.frame (draw, stratum, micro, leaf, uid)
SELECT draw, stratum, micro, ('x' || left(encode(pg_temp.leaf(line), 'hex'), 8))::bit(32)::integer, uid
FROM frame ORDER BY draw, uid;
INSERT INTO fairdraw_data.frame_block (draw, block, first_uid, hash)
SELECT draw, 0, (SELECT min(uid) FROM unit), root FROM root;
INSERT INTO fairdraw_data.exclusion VALUES (1, '91512081MA62K0260E', 'deregistered');
INSERT INTO fairdraw_data.data_set (ceremony, name, salt, columns, rows, hash, committed_by)
VALUES ('2026-03', 'staff', repeat('ab', 16), '{inspector,skill,licence_to}', 2,
        'c779f23603ff978f0a6a919816f8332293cf3f50a68dc15e11d82d2b979cc655', 'restore');
INSERT INTO fairdraw_data.data_row VALUES
    ('2026-03', 'staff', 1, E'I-03\tfood\t\\N'), ('2026-03', 'staff', 2, E'I-07\tlifts\t2027-12-31');
INSERT INTO fairdraw_data.seal (ceremony, serial, previous, hash, sealed_by)
VALUES ('2026-03', 17, '01721408a1e0d85cc80c3732367fda1cc3dc19aca146b18765ec40f4e15f808f',
        '015a1c2bc6fe3394f20d66cf928b8677fde134840455ec138c9920c85dc9d3ab', 'restore');
SELECT format('ALTER TABLE fairdraw_data.%I ENABLE ALWAYS TRIGGER fairdraw_guard', c.relname)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname = 'fairdraw_guard' ORDER BY c.relname
\gexec

--
-- What is executed is S, and nothing else can come of it
--
SELECT fairdraw.execute_ceremony('2026-03',
    '{"ssq": "03,07,12,18,22,30+11", "dlt": "01,08,19,23,34+02,11", "dice": "01382438112797316654"}');

-- the hashes of both results
SELECT d.label, r.hash FROM fairdraw_data.result r JOIN fairdraw_data.draw d USING (draw) ORDER BY draw;

-- every text, one after another as in the published file, up to the results
CREATE TEMP TABLE written AS
SELECT row_number() OVER (ORDER BY part, n) AS n, line FROM (
    SELECT 1 AS part, 1::bigint AS n, '--- frame of 2026-03/targets' AS line
    UNION ALL SELECT 2, t.n, t.line FROM fairdraw.frame_lines('2026-03/targets') WITH ORDINALITY AS t (line, n)
    UNION ALL SELECT 3, t.n, t.line FROM fairdraw.plan_text('2026-03/targets') WITH ORDINALITY AS t (line, n)
    UNION ALL SELECT 4, 1, '--- its hash: ' || plan_hash FROM fairdraw_data.draw WHERE label = '2026-03/targets'
    UNION ALL SELECT 5, t.n, t.line FROM fairdraw.plan_text('2026-03/open') WITH ORDINALITY AS t (line, n)
    UNION ALL SELECT 6, 1, '--- its hash: ' || plan_hash FROM fairdraw_data.draw WHERE label = '2026-03/open'
    UNION ALL SELECT 7, t.n, t.line FROM fairdraw.data_text('2026-03', 'staff') WITH ORDINALITY AS t (line, n)
    UNION ALL SELECT 8, 1, '--- its hash: ' || hash FROM fairdraw_data.data_set
    UNION ALL SELECT 9, t.n, t.line FROM fairdraw.ceremony_text('2026-03') WITH ORDINALITY AS t (line, n)
    UNION ALL SELECT 10, 1, '--- its hash: ' || hash FROM fairdraw_data.seal
    UNION ALL SELECT 11, t.n, t.line FROM fairdraw.seed_text('2026-03') WITH ORDINALITY AS t (line, n)
    UNION ALL SELECT 12, 1, '--- its hash: ' || pg_temp.h(string_agg(t.line || E'\n', '' ORDER BY t.n))
              FROM fairdraw.seed_text('2026-03') WITH ORDINALITY AS t (line, n)
    UNION ALL SELECT 13, 1, '--- S ' || pg_temp.h(string_agg(t.line || E'\n', '' ORDER BY t.n))
              FROM fairdraw.seed_text('2026-03') WITH ORDINALITY AS t (line, n)
    UNION ALL SELECT 14, 1, '--- K ' || fairdraw.stream_key(string_agg(t.line || E'\n', '' ORDER BY t.n), '2026-03/targets')
              FROM fairdraw.seed_text('2026-03') WITH ORDINALITY AS t (line, n)
    UNION ALL SELECT 15, t.n, t.line FROM fairdraw.result_text('2026-03/targets') WITH ORDINALITY AS t (line, n)
    UNION ALL SELECT 16, 1, '--- its hash: ' || hash FROM fairdraw_data.result WHERE draw = 1
    UNION ALL SELECT 17, t.n, t.line FROM fairdraw.result_text('2026-03/open') WITH ORDINALITY AS t (line, n)
    UNION ALL SELECT 18, 1, '--- its hash: ' || hash FROM fairdraw_data.result WHERE draw = 2
) AS parts;
SELECT count(*) AS lines_compared FROM written;

-- what is written differs nowhere from what was published (no rows)
SELECT n, w.line AS written, p.line AS published
FROM written w FULL JOIN (SELECT n, line FROM published WHERE file = 'vector' AND n <= 120) p USING (n)
WHERE w.line IS DISTINCT FROM p.line ORDER BY n;

-- the hashes in them are those of the texts, in plain SQL
SELECT pg_temp.h(string_agg(t || E'\n', '')) = '015a1c2bc6fe3394f20d66cf928b8677fde134840455ec138c9920c85dc9d3ab' AS ceremony
FROM fairdraw.ceremony_text('2026-03') t;
SELECT pg_temp.h(string_agg(t || E'\n', '')) = '46d1b0f60d69d8488b0a43e717f821d3773271a58131151a86f1e6e46b01eae9' AS targets
FROM fairdraw.result_text('2026-03/targets') t;
SELECT pg_temp.h(string_agg(t || E'\n', '')) = '3466b801e6ac4824cdaa598ee60f47ec16f9d29aa1fb02ab412e3018c2b6aa84' AS open
FROM fairdraw.result_text('2026-03/open') t;

--
-- The bundles
--

-- the auditor's has the seed as soon as there is one (no rows)
SELECT n, w.line AS written, p.line AS published
FROM fairdraw.export_draw('2026-03/targets', 'auditor') WITH ORDINALITY AS w (line, n)
FULL JOIN (SELECT n, line FROM published WHERE file = 'auditor') p USING (n)
WHERE w.line IS DISTINCT FROM p.line ORDER BY n;

-- the public one is without the seed before it is disclosed (no rows)
SELECT n, w.line AS written, p.line AS published
FROM fairdraw.export_draw('2026-03/targets') WITH ORDINALITY AS w (line, n)
FULL JOIN (SELECT row_number() OVER (ORDER BY n) AS n, line FROM published WHERE file = 'public'
    AND (n < (SELECT n FROM published WHERE file = 'public' AND line = 'fairdraw/1 seed')
         OR n >= (SELECT n FROM published WHERE file = 'public' AND line = 'fairdraw/1 result'))) p USING (n)
WHERE w.line IS DISTINCT FROM p.line ORDER BY n;

-- and with it afterwards (no rows)
SELECT fairdraw.disclose_seed('2026-03');
SELECT n, w.line AS written, p.line AS published
FROM fairdraw.export_draw('2026-03/targets') WITH ORDINALITY AS w (line, n)
FULL JOIN (SELECT n, line FROM published WHERE file = 'public') p USING (n)
WHERE w.line IS DISTINCT FROM p.line ORDER BY n;

--
-- The same tickets under other methods, by draw() over any query
--
CREATE FUNCTION pg_temp.other(method text, rotation text DEFAULT '0/1')
RETURNS TABLE (n bigint, line text) LANGUAGE sql AS $$
    SELECT row_number() OVER (), format(E'%s\t%s\t%s\t%s', d.stratum, d.role, d.rank, d.uid)
    FROM fairdraw.draw('SELECT u.uid, q.name AS stratum, u.weight FROM pg_temp.unit u JOIN pg_temp.quota q USING (stratum)',
        (SELECT jsonb_object_agg(name, n) FROM pg_temp.quota),
        (SELECT string_agg(t || E'\n', '') FROM fairdraw.seed_text('2026-03') t),
        '2026-03/targets', other.method, other.rotation) AS d
$$;
CREATE FUNCTION pg_temp.other_published(title text)
RETURNS TABLE (n bigint, line text) LANGUAGE sql AS $$
    SELECT row_number() OVER (ORDER BY p.n), regexp_replace(p.line, E'\t[^\t]*$', '')
    FROM published p, (SELECT min(n) AS n FROM published WHERE file = 'vector' AND line = '--- ' || title) AS first
    WHERE p.file = 'vector' AND p.line !~ '^(---|cutoff)' AND p.n > first.n
        AND p.n < coalesce((SELECT min(o.n) FROM published o WHERE o.file = 'vector' AND o.n > first.n
                            AND o.line ~ '^---'), 1000)
$$;
SELECT title, count(*) AS units, count(*) FILTER (WHERE drawn IS DISTINCT FROM published) AS differ
FROM (VALUES ('poisson', '0/1', 'the same tickets, poisson'),
             ('pareto', '1/2', 'the same tickets, pareto, rotation 1/2'),
             ('pareto', '0/1', 'the same tickets, pareto in key order')) AS v (method, rotation, title),
LATERAL (SELECT d.line, p.line FROM pg_temp.other(method, rotation) d FULL JOIN pg_temp.other_published(title) p USING (n))
    AS both_lines (drawn, published)
GROUP BY title ORDER BY title;

--
-- Verifying and archiving
--

-- everything agrees but the chain of serials, since sixteen are not there
SELECT * FROM fairdraw.verify_draw('2026-03/targets');
SELECT * FROM fairdraw.verify_draw('2026-03/open') WHERE ok IS NOT true;

-- the published file of the auditor is the bundle that archiving asks for
SELECT fairdraw.archive_draw('2026-03/targets', encode(sha256(pg_read_binary_file(:'auditor_bundle')), 'hex'));
SELECT count(*) AS units FROM fairdraw_data.frame WHERE draw = 1;

DROP SCHEMA fairdraw_data CASCADE;
