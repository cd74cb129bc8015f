-- Draws over any query: tickets, keys, the aggregate, draw().

--
-- Functions on single units.  IMMUTABLE and PARALLEL SAFE, so that a planner
-- can send them to where the rows are.
--

CREATE FUNCTION fairdraw.stream_key(seed text, stream text) RETURNS text
AS 'MODULE_PATHNAME', 'fairdraw_stream_key_sql'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;

COMMENT ON FUNCTION fairdraw.stream_key(text, text) IS
'key K of a stream (号码流) of a seed text: hex(H(S "/" stream)) with S = hex(H(seed)), 64 digits; protocol section 5';

CREATE FUNCTION fairdraw.ticket(key text, uid text) RETURNS bytea
AS 'MODULE_PATHNAME', 'fairdraw_ticket_sql'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;

COMMENT ON FUNCTION fairdraw.ticket(text, text) IS
'ticket (号码) of a unit in a stream: the 32 bytes of H(K ":" uid); protocol section 5';

CREATE FUNCTION fairdraw.poisson_drawn(ticket bytea, micro bigint, n bigint, w bigint, rotation text DEFAULT '0/1') RETURNS boolean
AS 'MODULE_PATHNAME', 'fairdraw_poisson_drawn_sql'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;

COMMENT ON FUNCTION fairdraw.poisson_drawn(bytea, bigint, bigint, bigint, text) IS
'whether a poisson draw takes a unit of micro = weight * 10^6, with n still wanted out of a sum w of micro after the certain units; protocol section 6, step 5';

CREATE FUNCTION fairdraw.pareto_key(ticket bytea, micro bigint, n bigint, w bigint, rotation text DEFAULT '0/1') RETURNS bytea
AS 'MODULE_PATHNAME', 'fairdraw_pareto_key_sql'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;

COMMENT ON FUNCTION fairdraw.pareto_key(bytea, bigint, bigint, bigint, text) IS
'key of a unit in a pareto draw, as 80 bytes whose order is that of the protocol: ORDER BY pareto_key(...), uid LIMIT n is the draw; n and w as they are after the certain units; protocol section 6, step 2';

--
-- The aggregate under draw()
--

CREATE TYPE fairdraw.draw_state;

CREATE FUNCTION fairdraw.draw_state_in(cstring) RETURNS fairdraw.draw_state
AS 'MODULE_PATHNAME', 'fairdraw_state_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION fairdraw.draw_state_out(fairdraw.draw_state) RETURNS cstring
AS 'MODULE_PATHNAME', 'fairdraw_state_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION fairdraw.draw_state_recv(internal) RETURNS fairdraw.draw_state
AS 'MODULE_PATHNAME', 'fairdraw_state_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION fairdraw.draw_state_send(fairdraw.draw_state) RETURNS bytea
AS 'MODULE_PATHNAME', 'fairdraw_state_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE fairdraw.draw_state (
    INPUT = fairdraw.draw_state_in,
    OUTPUT = fairdraw.draw_state_out,
    RECEIVE = fairdraw.draw_state_recv,
    SEND = fairdraw.draw_state_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = external
);

COMMENT ON TYPE fairdraw.draw_state IS
'what one pass over a frame keeps of it (抽取状态): the candidates of each stratum and exact sums; the same bytes on every machine';
COMMENT ON FUNCTION fairdraw.draw_state_in(cstring) IS 'input of draw_state: hexadecimal digits';
COMMENT ON FUNCTION fairdraw.draw_state_out(fairdraw.draw_state) IS 'output of draw_state: hexadecimal digits';
COMMENT ON FUNCTION fairdraw.draw_state_recv(internal) IS 'binary input of draw_state';
COMMENT ON FUNCTION fairdraw.draw_state_send(fairdraw.draw_state) IS 'binary output of draw_state';

CREATE FUNCTION fairdraw.draw_state_add(state fairdraw.draw_state, uid text, stratum text, weight numeric, design text) RETURNS fairdraw.draw_state
AS 'MODULE_PATHNAME', 'fairdraw_state_add'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;

COMMENT ON FUNCTION fairdraw.draw_state_add(fairdraw.draw_state, text, text, numeric, text) IS
'transition function of draw_sample: adds a unit';

CREATE FUNCTION fairdraw.draw_state_add(state fairdraw.draw_state, uid text, stratum integer, micro bigint, design text) RETURNS fairdraw.draw_state
AS 'MODULE_PATHNAME', 'fairdraw_state_add_frozen'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;

COMMENT ON FUNCTION fairdraw.draw_state_add(fairdraw.draw_state, text, integer, bigint, text) IS
'transition function of draw_sample over a frozen frame: adds a unit';

CREATE FUNCTION fairdraw.draw_state_merge(state fairdraw.draw_state, other fairdraw.draw_state) RETURNS fairdraw.draw_state
AS 'MODULE_PATHNAME', 'fairdraw_state_merge'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;

COMMENT ON FUNCTION fairdraw.draw_state_merge(fairdraw.draw_state, fairdraw.draw_state) IS
'combines the states of two parts of a frame; the order does not matter';

CREATE AGGREGATE fairdraw.draw_sample(uid text, stratum text, weight numeric, design text) (
    SFUNC = fairdraw.draw_state_add,
    STYPE = fairdraw.draw_state,
    COMBINEFUNC = fairdraw.draw_state_merge,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE fairdraw.draw_sample(text, text, numeric, text) IS
'collects a frame (抽样框), or a part of it, for a draw; the design is that of draw_design(), one constant for all rows; NULL in any argument is an error';

CREATE AGGREGATE fairdraw.draw_sample(uid text, stratum integer, micro bigint, design text) (
    SFUNC = fairdraw.draw_state_add,
    STYPE = fairdraw.draw_state,
    COMBINEFUNC = fairdraw.draw_state_merge,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE fairdraw.draw_sample(text, integer, bigint, text) IS
'collects a frozen frame for a draw; the stratum counts from 1 through those of the design, micro = weight * 10^6';

CREATE AGGREGATE fairdraw.draw_merge(fairdraw.draw_state) (
    SFUNC = fairdraw.draw_state_merge,
    STYPE = fairdraw.draw_state,
    COMBINEFUNC = fairdraw.draw_state_merge,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE fairdraw.draw_merge(fairdraw.draw_state) IS
'combines the states of the parts of a frame';

CREATE FUNCTION fairdraw.draw_design(sizes jsonb, seed text, stream text DEFAULT 'draw', method text DEFAULT 'auto', rotation text DEFAULT '0/1') RETURNS text
AS 'MODULE_PATHNAME', 'fairdraw_draw_design'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION fairdraw.draw_design(jsonb, text, text, text, text) IS
'the arguments of draw() as the one constant that draw_sample() takes';

--
-- draw(): not for parallel workers itself, so that the query inside can have them
--

CREATE FUNCTION fairdraw.draw(frame text, sizes jsonb, seed text, stream text DEFAULT 'draw', method text DEFAULT 'auto', rotation text DEFAULT '0/1',
    OUT stratum text, OUT role text, OUT rank integer, OUT uid text, OUT ticket bytea, OUT weight numeric, OUT probability double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_draw'
LANGUAGE C STABLE PARALLEL UNSAFE COST 100000 ROWS 1000;

COMMENT ON FUNCTION fairdraw.draw(text, jsonb, text, text, text, text) IS
'weighted draw (加权随机抽取) over a query with columns uid, stratum, weight and part (only uid is required); sizes: n for all strata, or {"stratum": n} or {"stratum": {"n": n, "reserve": r}}; the same rows for the same seed on every machine, whatever the plan; probability is that of being drawn, also for the reserve; stores nothing';
