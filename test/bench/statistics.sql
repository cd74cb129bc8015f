-- The sample that estimates are measured on: :rows units from 20 strata in 50
-- domains, with probabilities from 0.002 to 1 (one in 64 is certain), a result
-- of 0 or 1, and an amount.  Numbers come from hashes, so that they are the
-- same in every run.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;

CREATE TABLE sampled AS
SELECT 'stratum ' || lpad(((h & 1023) % 20 + 1)::text, 2, '0') AS stratum,
    'station ' || lpad(((h >> 10 & 8191) % 50 + 1)::text, 2, '0') AS domain,
    CASE WHEN h >> 23 & 63 = 0 THEN 1 ELSE 1 / (1 + (h >> 29 & 1048575) / 2100.0::double precision) END AS probability,
    (h >> 49 & 15 = 0)::integer::double precision AS problem,
    round((1000 * exp((hashint8(i) & 65535) / 16384.0))::numeric, 2)::double precision AS amount,
    1 + (hashint8(i + 1) & 255)::double precision AS staff
FROM generate_series(1::bigint, :rows) AS i, LATERAL (SELECT hashint8extended(i, 0) & 9223372036854775807 AS h) AS hash;
VACUUM ANALYZE sampled;
CHECKPOINT;
