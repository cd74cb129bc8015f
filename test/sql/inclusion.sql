--
-- inclusion_probabilities(): everybody's chance, before any seed exists
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
CREATE SCHEMA inclusion;
SET search_path = inclusion, fairdraw, public;
\set SHOW_CONTEXT never

-- a stratum of a few units that is drawn by pareto, with its exact
-- probabilities, which are integrals (test/data/inclusion.py): d = 1.8
CREATE TABLE few AS
SELECT 'small ' || i AS uid, 1 AS weight, 0.1 AS nominal, 0.0968514963979 AS exact FROM generate_series(1, 10) AS i
UNION ALL
SELECT 'large ' || i, 9, 0.9, 0.9031485036021 FROM generate_series(1, 10) AS i;
SELECT p.nominal = f.nominal AS nominal, abs(p.nominal / exact - 1) > 0.003 AS wrong,
       abs(probability / exact - 1) < 0.15 / 1.8 ^ 4 AS within, abs(probability / exact - 1) * 8 < abs(p.nominal / exact - 1) AS better, count(*)
FROM inclusion_probabilities('TABLE few', '10', 'pareto') AS p JOIN few AS f USING (uid) GROUP BY 1, 2, 3, 4;

-- certain units have probability 1, and the others share what is left
SELECT uid, round(nominal::numeric, 6) AS nominal, round(probability::numeric, 6) AS probability
FROM inclusion_probabilities('SELECT uid, weight FROM few UNION ALL SELECT ''giant'', 1000 UNION ALL SELECT ''half a giant'', 500', '12', 'pareto')
WHERE uid IN ('giant', 'half a giant', 'small 1', 'large 1') ORDER BY uid COLLATE "C";
-- two that are equally large are certain together
SELECT nominal, probability, count(*) FROM inclusion_probabilities('SELECT i AS uid, CASE WHEN i <= 2 THEN 10 ELSE 1 END AS weight FROM generate_series(1, 7) AS i', '3', 'pareto') GROUP BY 1, 2 ORDER BY 1;

-- nominal is what draw() reports, in every method and stratum
CREATE TABLE firm AS
SELECT 'firm-' || i AS uid, CASE WHEN i <= 100 THEN '电梯' WHEN i <= 700 THEN 'food' ELSE 'Food' END AS stratum, (1 + i * i % 37)::numeric / 8 AS weight
FROM generate_series(1, 2000) AS i;
\set sizes '{"电梯": 30, "food": {"n": 70}, "Food": 1}'
SELECT method, bool_and(d.probability = p.nominal AND d.stratum = p.stratum) AS same
FROM unnest('{auto,pareto,pivotal,poisson}'::text[]) AS method,
     LATERAL draw('TABLE firm', :'sizes', 'seed', 'draw', method) AS d
     JOIN LATERAL inclusion_probabilities('TABLE firm', :'sizes', method) AS p USING (uid)
GROUP BY method ORDER BY method;
-- the sums are n, and what is not drawn by pareto has its nominal probability
SELECT method, p.stratum, count(*), round(sum(nominal)::numeric, 9) AS nominal, round(sum(probability)::numeric, 9) AS probability,
       bool_and(probability = nominal) AS is_nominal
FROM unnest('{auto,pareto,pivotal,poisson}'::text[]) AS method, LATERAL inclusion_probabilities('TABLE firm', :'sizes', method) AS p
GROUP BY method, p.stratum ORDER BY method, p.stratum COLLATE "C";

-- with equal weights nominal probabilities are exact, however few the units
SELECT nominal, probability, count(*) FROM inclusion_probabilities('SELECT i AS uid FROM generate_series(1, 2) AS i', '1', 'pareto') GROUP BY 1, 2;
SELECT nominal, probability, count(*) FROM inclusion_probabilities('SELECT i AS uid FROM generate_series(1, 1000) AS i', '30') GROUP BY 1, 2;
-- also where only the units that are not certain are equal
SELECT nominal, probability, count(*) FROM inclusion_probabilities('SELECT i AS uid, CASE i WHEN 1 THEN 5000 ELSE 3 END AS weight FROM generate_series(1, 301) AS i', '4') GROUP BY 1, 2 ORDER BY 1;

-- nobody is drawn, everybody is drawn
SELECT nominal, probability, count(*) FROM inclusion_probabilities('TABLE few', '0', 'pareto') GROUP BY 1, 2;
SELECT nominal, probability, count(*) FROM inclusion_probabilities('TABLE few', '20', 'pareto') GROUP BY 1, 2;

-- one is drawn of two thousand: both nearly agree
SELECT max(abs(probability / nominal - 1)) BETWEEN 1e-9 AND 1e-5 AS close FROM inclusion_probabilities('SELECT uid, weight FROM firm', '1');

-- No answer where nearly every unit is drawn or not drawn for sure, d < 1/2.  Of
-- 200 units of weight 8 and one of weight 1 all but one are drawn: the small one
-- with probability 0.063, but its nominal one is 0.125.
SELECT weight, round(nominal::numeric, 4) AS nominal, probability, count(*)
FROM inclusion_probabilities('SELECT i AS uid, CASE i WHEN 1 THEN 1 ELSE 8 END AS weight FROM generate_series(1, 201) AS i', '200') AS p,
     LATERAL (SELECT CASE uid WHEN '1' THEN 1 ELSE 8 END) AS w (weight)
GROUP BY 1, 2, 3 ORDER BY 1;
-- pivotal draws have no such case
SELECT bool_and(probability = nominal) FROM inclusion_probabilities('SELECT i AS uid, CASE i WHEN 1 THEN 1 ELSE 8 END AS weight FROM generate_series(1, 201) AS i', '200', 'pivotal');
-- answers begin at d = 1/2: here it is 0.4991 and 0.5009
SELECT small, bool_and(probability IS NULL) AS none, bool_and(probability > 0 AND probability < 1) AS answer
FROM unnest('{24.9,25.1}'::numeric[]) AS small, LATERAL inclusion_probabilities(
    format('SELECT i AS uid, CASE WHEN i < 3 THEN %s ELSE 100 END AS weight FROM generate_series(1, 3) AS i', small), '1', 'pareto') GROUP BY small ORDER BY small;

-- the largest weights
SELECT round(sum(probability)::numeric, 9) AS sum, bool_and(probability BETWEEN 0 AND 1) AS between
FROM inclusion_probabilities('SELECT i AS uid, 18000000000.123456 + i % 2 AS weight FROM generate_series(1, 480) AS i', '150', 'pareto');

-- the rows come in the order of the frame
SELECT string_agg(uid, ' ') FROM inclusion_probabilities('SELECT * FROM (VALUES (''b'', 1), (''a'', 2), (''d'', 3), (''c'', 4)) AS v (uid, weight)', '2', 'pareto');
-- ids, strata and parts of other types, as in draw()
SELECT * FROM inclusion_probabilities('SELECT i AS uid, (i % 2)::char(3) AS stratum, i % 2 AS part FROM generate_series(1, 4) AS i', '1');

-- everybody's chance, joined to a sample
SELECT count(*), bool_and(p.probability <> d.probability) AS corrected
FROM draw('SELECT * FROM firm WHERE stratum = ''food''', '70', 'seed') AS d
     JOIN inclusion_probabilities('SELECT * FROM firm WHERE stratum = ''food''', '70') AS p USING (uid);

--
-- What draw() refuses is refused
--
SELECT * FROM inclusion_probabilities('SELECT 1 AS id', '1');
SELECT * FROM inclusion_probabilities('SELECT uid FROM few WHERE false', '1');
SELECT * FROM inclusion_probabilities('SELECT NULL AS uid', '1');
SELECT * FROM inclusion_probabilities('SELECT 1 AS uid, NULL AS stratum', '1');
SELECT * FROM inclusion_probabilities('SELECT 1 AS uid, 0 AS weight', '1');
SELECT * FROM inclusion_probabilities('SELECT 1 AS uid, 1.5::float8 AS weight', '1');
SELECT * FROM inclusion_probabilities('SELECT uid FROM few UNION ALL SELECT ''small 1''', '1');
SELECT * FROM inclusion_probabilities('TABLE few', '21');
SELECT * FROM inclusion_probabilities('TABLE few', '-1');
SELECT * FROM inclusion_probabilities('TABLE few', '{"food": 1}');
SELECT * FROM inclusion_probabilities('TABLE few', '{"all": 1, "food": 1}');
SELECT * FROM inclusion_probabilities('TABLE few', '{"all": {"n": 1, "reserve": 1}}', 'poisson');
SELECT * FROM inclusion_probabilities('TABLE few', '1', 'systematic');
SELECT * FROM inclusion_probabilities(NULL, '1');
SELECT * FROM inclusion_probabilities('TABLE few', NULL);
SELECT * FROM inclusion_probabilities('TABLE few', '1', NULL);
SELECT * FROM inclusion_probabilities('DELETE FROM few', '1');

-- and a frame that is another one when it is read again
CREATE TEMP SEQUENCE reading;
CREATE FUNCTION changing(second text) RETURNS TABLE (uid text, stratum text, weight numeric) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT f.uid, 'all', f.weight::numeric FROM few AS f;
    IF nextval('reading') % 2 = 1 THEN
        RETURN QUERY SELECT 'last', 'all', 1.0;
    ELSIF second = 'one unit more' THEN
        RETURN QUERY VALUES ('last', 'all', 0.5), ('more', 'all', 0.5);
    ELSIF second <> 'one unit less' THEN
        RETURN QUERY SELECT CASE second WHEN 'a uid null' THEN NULL ELSE 'last' END,
                            CASE second WHEN 'another stratum' THEN 'new' WHEN 'a stratum null' THEN NULL ELSE 'all' END,
                            CASE second WHEN 'a weight null' THEN NULL WHEN 'a bad weight' THEN -1.0 WHEN 'a larger weight' THEN 1.5 WHEN 'a smaller weight' THEN 0.5 ELSE 1.0 END;
    END IF;
END
$$;
CREATE FUNCTION refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM setval('reading', 2);
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT second, refusal(format('SELECT * FROM inclusion_probabilities(%L, ''1'')', format('SELECT * FROM changing(%L)', second)))
FROM unnest('{the same,one unit less,one unit more,a uid null,another stratum,a stratum null,a weight null,a bad weight,a larger weight,a smaller weight}'::text[]) AS second;
-- weights that moved from one unit to another, so that one would have been certain
CREATE FUNCTION moving() RETURNS TABLE (uid text, weight numeric) LANGUAGE sql AS
$$ SELECT 'u' || i, CASE WHEN w.second THEN CASE i WHEN 1 THEN 9.1 ELSE 0.1 END ELSE 1 END FROM generate_series(1, 10) AS i, (SELECT nextval('reading') % 2 = 0 OFFSET 0) AS w (second) $$;
SELECT refusal($$SELECT * FROM inclusion_probabilities('SELECT * FROM moving()', '5')$$);
