-- The units that all figures are about: :rows of them in frame_large, and
-- :few in frame_small.  A uid of 18 bytes as in the business register, in no
-- order; weights with two digits and a long tail, so that some units are
-- certain; 20 strata, or 10 000 by street.
CREATE EXTENSION fairdraw;
SELECT fairdraw.setup('Benchmark');

CREATE TABLE frame_large AS
SELECT '91' || (110101 + i % 20) || lpad((i * 618033989 % 1000000000)::text, 9, '0') || i % 10 AS uid,
    'stratum ' || lpad(((hash & 1048575) % 20 + 1)::text, 2, '0') AS stratum,
    'street ' || lpad(((hash & 1048575) % 10000)::text, 4, '0') AS street,
    round((1 / (0.0005 + (hashint4extended(i::integer, 1) & 1048575) / 1048576.0))::numeric, 2) AS weight
FROM generate_series(1::bigint, :rows) AS i, LATERAL (SELECT hashint4extended(i::integer, 0) AS hash) AS h;

CREATE TABLE frame_small AS SELECT * FROM frame_large LIMIT :few;

-- what a frozen frame is compared with
CREATE TABLE plain (uid text COLLATE "C" PRIMARY KEY, stratum text NOT NULL, weight numeric NOT NULL);

VACUUM ANALYZE frame_large;
VACUUM ANALYZE frame_small;
CHECKPOINT;
