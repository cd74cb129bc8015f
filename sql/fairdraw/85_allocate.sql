-- How many units each stratum gives (doc/statistics.md).  Not for parallel
-- workers themselves, so that the query inside can have them.

CREATE FUNCTION fairdraw.allocate(strata text, n bigint, method text DEFAULT 'proportional', options jsonb DEFAULT '{}',
    OUT stratum text, OUT n bigint)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_allocate'
LANGUAGE C STABLE PARALLEL UNSAFE COST 100000 ROWS 100;

COMMENT ON FUNCTION fairdraw.allocate(text, bigint, text, jsonb) IS
'divides a sample of n units among strata (样本分配), exactly and within bounds: method proportional, neyman, power, equal or rate; strata: query with columns stratum, units, low?, high?, for neyman and power sd, for power total; options min, q, rate; doc/statistics.md';

CREATE FUNCTION fairdraw.allocation_sizes(strata text, n bigint, method text DEFAULT 'proportional', options jsonb DEFAULT '{}') RETURNS jsonb
AS 'MODULE_PATHNAME', 'fairdraw_allocation_sizes'
LANGUAGE C STABLE PARALLEL UNSAFE COST 100000;

COMMENT ON FUNCTION fairdraw.allocation_sizes(text, bigint, text, jsonb) IS
'the result of allocate() as the sizes (各层样本量) of draw() and commit_draw(); option reserve: so many substitutes for each stratum; strata without units are left out; doc/statistics.md';
