-- Estimates from samples: the aggregates, estimate() (doc/statistics.md).

CREATE TYPE fairdraw.estimate_state;

CREATE FUNCTION fairdraw.estimate_state_in(cstring) RETURNS fairdraw.estimate_state
AS 'MODULE_PATHNAME', 'fairdraw_estimate_state_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION fairdraw.estimate_state_out(fairdraw.estimate_state) RETURNS cstring
AS 'MODULE_PATHNAME', 'fairdraw_estimate_state_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION fairdraw.estimate_state_recv(internal) RETURNS fairdraw.estimate_state
AS 'MODULE_PATHNAME', 'fairdraw_estimate_state_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION fairdraw.estimate_state_send(fairdraw.estimate_state) RETURNS bytea
AS 'MODULE_PATHNAME', 'fairdraw_estimate_state_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE fairdraw.estimate_state (
    INPUT = fairdraw.estimate_state_in,
    OUTPUT = fairdraw.estimate_state_out,
    RECEIVE = fairdraw.estimate_state_recv,
    SEND = fairdraw.estimate_state_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = external
);

COMMENT ON TYPE fairdraw.estimate_state IS
'what one pass over a sample keeps of it (估计状态): counts and exact sums for each domain of each stratum; the same bytes on every machine';
COMMENT ON FUNCTION fairdraw.estimate_state_in(cstring) IS 'input of estimate_state: hexadecimal digits';
COMMENT ON FUNCTION fairdraw.estimate_state_out(fairdraw.estimate_state) IS 'output of estimate_state: hexadecimal digits';
COMMENT ON FUNCTION fairdraw.estimate_state_recv(internal) IS 'binary input of estimate_state';
COMMENT ON FUNCTION fairdraw.estimate_state_send(fairdraw.estimate_state) IS 'binary output of estimate_state';

CREATE FUNCTION fairdraw.estimate_state_add(state fairdraw.estimate_state, y double precision, x double precision, probability double precision,
    stratum text, domain text, draw text, stream text, what text) RETURNS fairdraw.estimate_state
AS 'MODULE_PATHNAME', 'fairdraw_estimate_state_add'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;

COMMENT ON FUNCTION fairdraw.estimate_state_add(fairdraw.estimate_state, double precision, double precision, double precision, text, text, text, text, text) IS
'transition function of estimate_sample: adds a unit';

CREATE FUNCTION fairdraw.estimate_state_merge(state fairdraw.estimate_state, other fairdraw.estimate_state) RETURNS fairdraw.estimate_state
AS 'MODULE_PATHNAME', 'fairdraw_estimate_state_merge'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;

COMMENT ON FUNCTION fairdraw.estimate_state_merge(fairdraw.estimate_state, fairdraw.estimate_state) IS
'combines the states of two parts of a sample; the order does not matter';

CREATE AGGREGATE fairdraw.estimate_sample(y double precision, x double precision, probability double precision,
    stratum text, domain text, draw text, stream text, what text) (
    SFUNC = fairdraw.estimate_state_add,
    STYPE = fairdraw.estimate_state,
    COMBINEFUNC = fairdraw.estimate_state_merge,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE fairdraw.estimate_sample(double precision, double precision, double precision, text, text, text, text, text) IS
'collects a sample (样本), or a part of it, for an estimate; what: total, mean, rate or ratio, one constant for all rows; x counts in ratios only; domain, draw and stream may be NULL in all rows, NULL elsewhere is an error';

CREATE AGGREGATE fairdraw.estimate_merge(fairdraw.estimate_state) (
    SFUNC = fairdraw.estimate_state_merge,
    STYPE = fairdraw.estimate_state,
    COMBINEFUNC = fairdraw.estimate_state_merge,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE fairdraw.estimate_merge(fairdraw.estimate_state) IS
'combines the states of the parts of a sample';

CREATE FUNCTION fairdraw.estimate_rows(state fairdraw.estimate_state, level double precision DEFAULT 0.95, options jsonb DEFAULT '{}',
    OUT domain text, OUT n bigint, OUT estimate double precision, OUT se double precision, OUT low double precision, OUT high double precision,
    OUT df double precision, OUT method text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_estimate_rows_sql'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 10;

COMMENT ON FUNCTION fairdraw.estimate_rows(fairdraw.estimate_state, double precision, jsonb) IS
'the estimates from a state of estimate_sample() or estimate_merge(); columns and options as those of estimate()';

--
-- estimate(): not for parallel workers itself, so that the query inside can have them
--

CREATE FUNCTION fairdraw.estimate(sample text, what text DEFAULT 'mean', level double precision DEFAULT 0.95, options jsonb DEFAULT '{}',
    OUT domain text, OUT n bigint, OUT estimate double precision, OUT se double precision, OUT low double precision, OUT high double precision,
    OUT df double precision, OUT method text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_estimate'
LANGUAGE C STABLE PARALLEL UNSAFE COST 100000 ROWS 10;

COMMENT ON FUNCTION fairdraw.estimate(text, text, double precision, jsonb) IS
'estimate for all enterprises from those drawn (抽样推断), over a query with columns y and probability, and stratum, domain, x, draw, stream and part if need be; what: total, mean, rate (y is 0 or 1) or ratio (of y to x); a row for each domain, and a last one, domain NULL, for the whole; options variance (rosen, deville, poisson), interval (korn-graubard, wilson, t) and design (auto, pareto, pivotal, poisson, srs, or {"stratum": design}); doc/statistics.md';
