-- The designs of draw(): whole samples and units come with the probabilities
-- that the protocol promises.  Seeds are fixed, so that every run draws the
-- same; test/data/probabilities.py computes what is expected, without drawing.
-- Wrong designs are made of the same tickets and have to fail the same tests.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET LOCAL search_path = fairdraw, public;
SET LOCAL work_mem = '64MB';

SELECT plan(37);

\ir ../data/probabilities.sql
ANALYZE sample_probability;

--
-- Small frames: every possible sample, by chi-square over 10^5 draws.  Each
-- stratum is an independent copy of the frame.
--
CREATE TEMP TABLE small (frame text, unit text, weight numeric);
INSERT INTO small
    SELECT frame, chr(64 + i::int), weight
    FROM (VALUES ('uneven', '{5,4,3,2,1}'::int[]), ('nearly certain', '{9,4,4,2,1}'), ('equal', '{1,1,1,1}')) AS f (frame, weights),
         unnest(weights) WITH ORDINALITY AS w (weight, i);

CREATE FUNCTION pg_temp.copies(frame text) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT c || unit AS uid, c::text AS stratum, weight FROM small, generate_series(1, 100000) AS c WHERE frame = %L', frame)
$$;

CREATE TEMP TABLE drawn (frame text, design text, copy int, sample text);

CREATE FUNCTION pg_temp.draw_copies(frame text, method text, design text, stream text, rotation text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO drawn
    SELECT frame, design, c, coalesce(sample, '')
    FROM generate_series(1, 100000) AS c
    LEFT JOIN (SELECT d.stratum::int AS c, string_agg(right(uid, 1), '' ORDER BY uid) AS sample
               FROM draw(pg_temp.copies(frame), '2', 'distribution', stream, method, rotation) AS d
               GROUP BY stratum) AS d USING (c)
$$;

-- a design that is not the protocol's: the n smallest of any key out of u and w
CREATE FUNCTION pg_temp.u(seed text, uid text) RETURNS float8 LANGUAGE sql AS $$
    SELECT (('x' || encode(substr(ticket(stream_key(seed, 'draw'), uid), 1, 6), 'hex'))::bit(48)::bigint + 0.5) / 2 ^ 48
$$;
CREATE FUNCTION pg_temp.draw_wrongly(frame text, design text, key text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('
        INSERT INTO drawn
        SELECT %L, %L, c, string_agg(unit, '''' ORDER BY unit)
        FROM (SELECT c, unit, row_number() OVER (PARTITION BY c ORDER BY %s) AS rank
              FROM (SELECT c, unit, weight::float8 AS w, pg_temp.u(''distribution'', c || unit) AS u
                    FROM small, generate_series(1, 100000) AS c WHERE frame = %L) AS unit) AS ranked
        WHERE rank <= 2 GROUP BY c', frame, design, key, frame);
END
$$;

SELECT pg_temp.draw_copies(frame, method, method, 'draw', '0/1')
FROM (VALUES ('uneven', 'pareto'), ('uneven', 'pivotal'), ('uneven', 'poisson'),
             ('nearly certain', 'pareto'), ('nearly certain', 'pivotal'), ('nearly certain', 'poisson'),
             ('equal', 'pareto'), ('equal', 'pivotal')) AS v (frame, method) \g /dev/null
SELECT pg_temp.draw_copies('uneven', 'pareto', 'pareto, rotated', 'draw', '1/3') \g /dev/null
SELECT pg_temp.draw_copies('uneven', 'poisson', 'poisson, rotated', 'draw', '4095/4096') \g /dev/null
SELECT pg_temp.draw_copies('uneven', 'pareto', 'pareto, another stream', 'other', '0/1') \g /dev/null
SELECT pg_temp.draw_wrongly('uneven', 'u/w', 'u/w') \g /dev/null
SELECT pg_temp.draw_wrongly('uneven', '-ln(u)/w', '-ln(u)/w') \g /dev/null
SELECT pg_temp.draw_wrongly('uneven', 'u', 'u') \g /dev/null
ANALYZE drawn;

-- infinite where a sample came that is impossible
CREATE FUNCTION pg_temp.chi_square(frame text, design text, method text, OUT statistic float8, OUT df int) LANGUAGE sql AS $$
    SELECT sum(CASE WHEN p.sample IS NULL THEN 'Infinity'
                    ELSE (coalesce(d.count, 0) - 100000 * probability) ^ 2 / (100000 * probability) END),
           count(*)::int - 1
    FROM (SELECT sample, count(*) FROM drawn WHERE drawn.frame = $1 AND drawn.design = $2 GROUP BY sample) AS d
    FULL JOIN (SELECT sample, probability FROM sample_probability AS p WHERE p.frame = $1 AND p.method = $3) AS p USING (sample)
$$;

SELECT cmp_ok(statistic, '<', high, format('frame "%s", %s: the samples have their probabilities (chi-square %s, %s df)',
                                           frame, design, round(statistic::numeric, 2), c.df))
FROM (VALUES (1, 'uneven', 'pareto', 'pareto'), (2, 'uneven', 'pivotal', 'pivotal'), (3, 'uneven', 'poisson', 'poisson'),
             (4, 'nearly certain', 'pareto', 'pareto'), (5, 'nearly certain', 'pivotal', 'pivotal'), (6, 'nearly certain', 'poisson', 'poisson'),
             (7, 'equal', 'pareto', 'pareto'), (8, 'equal', 'pivotal', 'pivotal'),
             (9, 'uneven', 'pareto, rotated', 'pareto'), (10, 'uneven', 'poisson, rotated', 'poisson'),
             (11, 'uneven', 'pareto, another stream', 'pareto')) AS v (i, frame, design, method),
     LATERAL pg_temp.chi_square(frame, design, method) AS c
     JOIN chi_square_limit AS l USING (df)
ORDER BY i;
SELECT cmp_ok(statistic, '>', low, format('frame "%s", %s: nor do they fit too well', frame, design))
FROM (VALUES (1, 'uneven', 'pareto', 'pareto'), (2, 'uneven', 'pivotal', 'pivotal'), (3, 'uneven', 'poisson', 'poisson')) AS v (i, frame, design, method),
     LATERAL pg_temp.chi_square(frame, design, method) AS c
     JOIN chi_square_limit AS l USING (df)
ORDER BY i;

SELECT is((SELECT array_agg(DISTINCT probability) FROM sample_probability WHERE frame = 'equal' AND method = m),
          '{0.1666666667}', format('which with equal weights are the same for every %s sample', m))
FROM unnest('{pareto,pivotal}'::text[]) AS m;

-- the power of the test
SELECT cmp_ok(statistic, '>', 10 * high, format('%s fails the test of %s', design, method))
FROM (VALUES (1, 'u/w', 'pareto'), (2, '-ln(u)/w', 'pareto'), (3, 'u', 'pareto'), (4, 'pivotal', 'pareto'), (5, 'pareto', 'pivotal'), (6, 'pareto', 'poisson')) AS v (i, design, method),
     LATERAL pg_temp.chi_square('uneven', design, method) AS c,
     LATERAL (SELECT count(*) - 1 AS df FROM sample_probability AS p WHERE p.frame = 'uneven' AND p.method = v.method) AS p
     JOIN chi_square_limit AS l USING (df)
ORDER BY i;

-- two streams: the pairs of samples have the products of their probabilities
CREATE FUNCTION pg_temp.pair_chi_square(one text, other text) RETURNS float8 LANGUAGE sql AS $$
    SELECT sum((coalesce(count, 0) - 100000 * probability) ^ 2 / (100000 * probability))
    FROM (SELECT a.sample AS s, b.sample AS t, a.probability * b.probability AS probability
          FROM sample_probability AS a, sample_probability AS b
          WHERE (a.frame, a.method, b.frame, b.method) = ('uneven', 'pareto', 'uneven', 'pareto')) AS p
    LEFT JOIN (SELECT a.sample AS s, b.sample AS t, count(*)
               FROM drawn AS a JOIN drawn AS b USING (copy)
               WHERE (a.frame, a.design, b.frame, b.design) = ('uneven', one, 'uneven', other)
               GROUP BY 1, 2) AS d USING (s, t)
$$;
SELECT cmp_ok(pg_temp.pair_chi_square('pareto', 'pareto, another stream'), '<', (SELECT high FROM chi_square_limit WHERE df = 99),
              'draws of different streams are independent of each other');
SELECT cmp_ok(pg_temp.pair_chi_square('pareto', 'pareto, rotated'), '>', 20 * (SELECT high FROM chi_square_limit WHERE df = 99),
              'draws of one stream are not');

--
-- A frame of 56 units and two certain ones: every unit, over 4000 seeds.
--
CREATE TEMP TABLE medium AS
    SELECT 'm' || row_number() OVER () AS uid, weight, pareto, nominal
    FROM (SELECT weight, pareto, nominal FROM unit_probability, generate_series(1, units) WHERE frame = 'medium'
          UNION ALL VALUES (400, 1, 1), (300, 1, 1)) AS u;

CREATE TEMP TABLE medium_drawn AS
    SELECT method AS design, uid
    FROM unnest('{pareto,pivotal}'::text[]) AS method, generate_series(1, 4000) AS seed,
         LATERAL draw('SELECT uid, weight FROM medium', '14', 'seed ' || seed, 'draw', method)
    UNION ALL
    SELECT 'u/w', uid
    FROM (SELECT uid, row_number() OVER (PARTITION BY seed ORDER BY pareto < 1, pg_temp.u('seed ' || seed, uid) / weight::float8) AS rank
          FROM medium, generate_series(1, 4000) AS seed) AS ranked
    WHERE rank <= 14;
CREATE TEMP TABLE unit_count AS
    SELECT 'medium' AS frame, design, uid, m.weight, CASE design WHEN 'pivotal' THEN nominal ELSE pareto END AS probability,
           4000 AS draws, count(d.uid)
    FROM unnest('{pareto,pivotal,u/w}'::text[]) AS design
    CROSS JOIN medium AS m LEFT JOIN medium_drawn AS d USING (design, uid)
    GROUP BY design, uid, m.weight, pareto, nominal;

--
-- A frame of 250 units, more than are kept whole: every unit, over 2000 strata.
--
CREATE TEMP TABLE large AS
    SELECT row_number() OVER () AS unit, weight, pareto, nominal
    FROM unit_probability, generate_series(1, units) WHERE frame = 'large';
CREATE TEMP TABLE large_drawn AS
    SELECT method, split_part(uid, '-', 2)::bigint AS unit
    FROM unnest('{pareto,pivotal,poisson}'::text[]) AS method,
         draw('SELECT c || ''-'' || unit AS uid, c::text AS stratum, weight FROM large, generate_series(1, 2000) AS c',
              '55', 'distribution', 'draw', method);
INSERT INTO large_drawn
    SELECT '-ln(u)/w', unit
    FROM (SELECT unit, row_number() OVER (PARTITION BY c ORDER BY -ln(pg_temp.u('distribution', c || '-' || unit)) / weight::float8) AS rank
          FROM large, generate_series(1, 2000) AS c) AS ranked
    WHERE rank <= 55;
INSERT INTO unit_count
    SELECT 'large', design, large.unit::text, weight, CASE WHEN design IN ('pivotal', 'poisson') THEN nominal ELSE pareto END, 2000, count(d.unit)
    FROM unnest('{pareto,pivotal,poisson,-ln(u)/w}'::text[]) AS design
    CROSS JOIN large LEFT JOIN large_drawn AS d ON (d.method, d.unit) = (design, large.unit)
    GROUP BY design, large.unit, weight, pareto, nominal;

CREATE TEMP VIEW unit_test AS
    SELECT frame, design, max(abs(z)) AS largest, avg(z ^ 2) AS mean_square
    FROM (SELECT frame, design, (count - draws * probability) / sqrt(draws * probability * (1 - probability)) AS z
          FROM unit_count WHERE probability < 1) AS z
    GROUP BY frame, design;

SELECT is((SELECT array_agg(count) FROM unit_count WHERE probability = 1), '{4000,4000,4000,4000,4000,4000}', 'certain units are in every draw');
SELECT is((SELECT sum(count) FROM unit_count WHERE (frame, design) = ('medium', d)), 14 * 4000.0, 'every ' || d || ' draw has 14 units')
FROM unnest('{pareto,pivotal}'::text[]) AS d;
SELECT ok(largest < 5 AND mean_square BETWEEN 0.6 AND 1.5,
          format('%s frame, %s: every unit has its probability (largest |z| %s, mean z² %s)', frame, design, round(largest::numeric, 2), round(mean_square::numeric, 2)))
FROM unit_test WHERE design IN ('pareto', 'pivotal', 'poisson') ORDER BY frame, design;
SELECT ok(largest > 5 AND mean_square > 2,
          format('%s frame: %s fails this test (largest |z| %s, mean z² %s)', frame, design, round(largest::numeric, 2), round(mean_square::numeric, 2)))
FROM unit_test WHERE design IN ('u/w', '-ln(u)/w') ORDER BY frame, design;

-- units of one weight together: sharper
CREATE TEMP VIEW weight_test AS
    SELECT design, max(abs(z)) AS largest
    FROM (SELECT design, (sum(count) - sum(draws * probability)) / sqrt(sum(draws * probability * (1 - probability))) AS z
          FROM unit_count WHERE frame = 'large' GROUP BY design, weight) AS z
    GROUP BY design;
SELECT cmp_ok(largest, '<', 4::float8, format('large frame, %s: so has every weight (largest |z| %s)', design, round(largest::numeric, 2)))
FROM weight_test WHERE design IN ('pareto', 'pivotal', 'poisson') ORDER BY design;

SELECT * FROM finish();
ROLLBACK;
