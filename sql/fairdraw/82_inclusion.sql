-- Everybody's chance to be drawn, before any seed exists.

CREATE FUNCTION fairdraw.inclusion_probabilities(frame text, sizes jsonb, method text DEFAULT 'auto',
    OUT stratum text, OUT uid text, OUT nominal double precision, OUT probability double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_inclusion_probabilities'
LANGUAGE C STABLE PARALLEL UNSAFE COST 100000 ROWS 1000000;

COMMENT ON FUNCTION fairdraw.inclusion_probabilities(text, jsonb, text) IS
'inclusion probabilities (入样概率) of all units of a frame, in its order, by the arguments of draw() but the seed: nominal = n * micro / W as draw() reports it, probability = the true one: to the second order in strata drawn by pareto, NULL where these are too small for it, nominal where that is exact';
