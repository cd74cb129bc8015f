--
-- Plans and draws of twenty fixed instances: the same bytes on every machine,
-- of every PostgreSQL, compiler and optimization
--
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
CREATE SCHEMA assign_digests;
SET search_path = assign_digests, fairdraw, public;

-- numbers without a pattern, from a formula: 0 to m - 1
CREATE FUNCTION pick(m int, VARIADIC n int[]) RETURNS int IMMUTABLE LANGUAGE sql AS
$$ SELECT (('x' || encode(substr(sha256(array_to_string(n, ' ')::bytea), 1, 4), 'hex'))::bit(32)::bigint & 2147483647)::int % m $$;

CREATE TABLE instance (n int PRIMARY KEY, visits int, inspectors int, one_in int, need int, max_load int, skewed boolean, options jsonb);
INSERT INTO instance VALUES
    ( 1,   4,   4, 2, 1, NULL, false, '{}'),
    ( 2,  30,  12, 2, 2, NULL, false, '{}'),
    ( 3,  30,  12, 2, 2, NULL, true,  '{}'),
    ( 4, 120,  40, 3, 2, NULL, false, '{}'),
    ( 5, 120,  40, 3, 2, NULL, true,  '{"load_slack": 0}'),
    ( 6, 120,  40, 3, 2, 7,    false, '{"balance": "cap"}'),
    ( 7, 120,  40, 3, 2, 6,    false, '{"balance": "cap"}'),
    ( 8, 120,  40, 3, 2, 8,    true,  '{"balance": "cap", "evenness": 0}'),
    ( 9, 120,  40, 3, 2, 8,    true,  '{"balance": "cap", "evenness": "3/4"}'),
    (10, 300,  60, 4, 3, NULL, true,  '{"evenness": "3/4", "load_slack": 2}'),
    (11,  60,  30, 2, 2, NULL, false, '{"precision_bits": 1}'),
    (12,  60,  30, 2, 2, NULL, true,  '{"precision_bits": 24}'),
    (13,  60,  30, 2, 2, NULL, true,  '{"max_pair_prob": 0.2}'),
    (14,  60,  30, 2, 2, NULL, false, '{"groups": {"lead": {"min": 1, "max": 1}}}'),
    (15,  60,  30, 2, 3, NULL, true,  '{"groups": {"lead": {"min": 1}, "senior": {"min": 1, "max": 2}}}'),
    (16,  60,  30, 2, 3, NULL, false, '{"groups": {"senior": {"min": 1}, "junior": {"min": 1}}, "max_pair_prob": 0.6}'),
    (17,  60,  30, 2, 3, NULL, true,  '{"groups": {"junior": {"max": 1}}, "evenness": 0}'),
    (18,  40,  20, 1, 2, 5,    false, '{}'),
    (19, 500, 100, 5, 2, 11,   true,  '{}'),
    (20, 500, 100, 5, 2, NULL, true,  '{"load_slack": 0, "evenness": 0, "precision_bits": 17}');
CREATE TABLE visit AS SELECT n, v, '企业-' || v AS visit, need FROM instance, generate_series(1, visits) AS v;
CREATE TABLE inspector AS
    SELECT n, i, '检查员/' || i AS inspector, coalesce(max_load, visits) AS max_load, pick(12, 1, n, i) / 3 AS station, CASE WHEN n % 3 = 2 AND i < 9 THEN '家' || i % 4 END AS family,
           CASE WHEN n % 3 = 2 AND i < 9 OR pick(3, 2, n, i) = 0 THEN ARRAY['junior'] WHEN pick(3, 2, n, i) = 1 THEN ARRAY['senior'] ELSE ARRAY['lead', 'senior'] END AS groups
    FROM instance, generate_series(1, inspectors) AS i;
CREATE TABLE pair AS
    SELECT n, v, i, visit, inspector FROM instance JOIN visit USING (n) JOIN inspector USING (n)
    WHERE pick(one_in, 3, n, v, i) = 0 OR skewed AND station = v % 5;
CREATE TABLE query AS
    SELECT n, options, format('SELECT visit, need FROM visit WHERE n = %s', n) AS visits, format('SELECT inspector, max_load, family AS exclusion_group, groups FROM inspector WHERE n = %s', n) AS staff,
           format('SELECT visit, inspector FROM pair WHERE n = %s', n) AS eligible
    FROM instance;

-- the digests are those of lines in UTF-8, in the order of the rows, of fields with tabs between them
SELECT n, (SELECT count(*) FROM pair WHERE pair.n = query.n) AS pairs, forced,
       encode(sha256(convert_to(plan, 'UTF8')), 'hex') AS plan,
       (SELECT encode(sha256(convert_to(string_agg(concat_ws(E'\t', visit, slot, inspector, numerator, denominator), E'\n' ORDER BY ordinality), 'UTF8')), 'hex')
        FROM ROWS FROM (assign_draw(visits, staff, eligible, '种子', options, 'digests/' || n)) WITH ORDINALITY) AS draw
FROM query, LATERAL (SELECT string_agg(concat_ws(E'\t', visit, inspector, numerator, denominator, forced), E'\n' ORDER BY ordinality), count(*) FILTER (WHERE forced)
                     FROM ROWS FROM (assign_plan(visits, staff, eligible, options)) WITH ORDINALITY) AS p (plan, forced)
ORDER BY n;
