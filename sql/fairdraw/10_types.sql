-- Types risk_class and result_code: one byte each, passed by value.  What needs
-- only that byte (send, comparison, hash) is the same C function for both.

-- risk_class

CREATE TYPE fairdraw.risk_class;

CREATE FUNCTION fairdraw.risk_class_in(cstring) RETURNS fairdraw.risk_class
    AS 'MODULE_PATHNAME', 'fairdraw_risk_class_in'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_in(cstring) IS 'input of risk_class';

CREATE FUNCTION fairdraw.risk_class_out(fairdraw.risk_class) RETURNS cstring
    AS 'MODULE_PATHNAME', 'fairdraw_risk_class_out'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_out(fairdraw.risk_class) IS 'output of risk_class';

CREATE FUNCTION fairdraw.risk_class_recv(internal) RETURNS fairdraw.risk_class
    AS 'MODULE_PATHNAME', 'fairdraw_risk_class_recv'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_recv(internal) IS 'binary input of risk_class';

CREATE FUNCTION fairdraw.risk_class_send(fairdraw.risk_class) RETURNS bytea
    AS 'MODULE_PATHNAME', 'fairdraw_code_send'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_send(fairdraw.risk_class) IS 'binary output of risk_class';

CREATE TYPE fairdraw.risk_class (
    INPUT = fairdraw.risk_class_in,
    OUTPUT = fairdraw.risk_class_out,
    RECEIVE = fairdraw.risk_class_recv,
    SEND = fairdraw.risk_class_send,
    INTERNALLENGTH = 1,
    PASSEDBYVALUE,
    ALIGNMENT = char,
    STORAGE = plain
);
COMMENT ON TYPE fairdraw.risk_class IS 'risk class of an enterprise (信用风险分类), A < B < C < D: 信用风险低, 信用风险一般, 信用风险较高, 信用风险高; input takes the value in any letter case or the label, with or without its first four characters';

CREATE CAST (text AS fairdraw.risk_class) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (text AS fairdraw.risk_class) IS 'loads risk_class from a staging table';

CREATE CAST (varchar AS fairdraw.risk_class) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (varchar AS fairdraw.risk_class) IS 'loads risk_class from a staging table';

CREATE FUNCTION fairdraw.risk_class_lt(fairdraw.risk_class, fairdraw.risk_class) RETURNS boolean
    AS 'MODULE_PATHNAME', 'fairdraw_code_lt'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_lt(fairdraw.risk_class, fairdraw.risk_class) IS 'implementation of < operator';

CREATE OPERATOR fairdraw.< (
    FUNCTION = fairdraw.risk_class_lt,
    LEFTARG = fairdraw.risk_class,
    RIGHTARG = fairdraw.risk_class,
    COMMUTATOR = OPERATOR(fairdraw.>),
    NEGATOR = OPERATOR(fairdraw.>=),
    RESTRICT = pg_catalog.scalarltsel,
    JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR fairdraw.< (fairdraw.risk_class, fairdraw.risk_class) IS 'less than';

CREATE FUNCTION fairdraw.risk_class_le(fairdraw.risk_class, fairdraw.risk_class) RETURNS boolean
    AS 'MODULE_PATHNAME', 'fairdraw_code_le'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_le(fairdraw.risk_class, fairdraw.risk_class) IS 'implementation of <= operator';

CREATE OPERATOR fairdraw.<= (
    FUNCTION = fairdraw.risk_class_le,
    LEFTARG = fairdraw.risk_class,
    RIGHTARG = fairdraw.risk_class,
    COMMUTATOR = OPERATOR(fairdraw.>=),
    NEGATOR = OPERATOR(fairdraw.>),
    RESTRICT = pg_catalog.scalarlesel,
    JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR fairdraw.<= (fairdraw.risk_class, fairdraw.risk_class) IS 'less than or equal';

CREATE FUNCTION fairdraw.risk_class_eq(fairdraw.risk_class, fairdraw.risk_class) RETURNS boolean
    AS 'MODULE_PATHNAME', 'fairdraw_code_eq'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_eq(fairdraw.risk_class, fairdraw.risk_class) IS 'implementation of = operator';

CREATE OPERATOR fairdraw.= (
    FUNCTION = fairdraw.risk_class_eq,
    LEFTARG = fairdraw.risk_class,
    RIGHTARG = fairdraw.risk_class,
    COMMUTATOR = OPERATOR(fairdraw.=),
    NEGATOR = OPERATOR(fairdraw.<>),
    RESTRICT = pg_catalog.eqsel,
    JOIN = pg_catalog.eqjoinsel,
    HASHES,
    MERGES
);
COMMENT ON OPERATOR fairdraw.= (fairdraw.risk_class, fairdraw.risk_class) IS 'equal';

CREATE FUNCTION fairdraw.risk_class_ne(fairdraw.risk_class, fairdraw.risk_class) RETURNS boolean
    AS 'MODULE_PATHNAME', 'fairdraw_code_ne'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_ne(fairdraw.risk_class, fairdraw.risk_class) IS 'implementation of <> operator';

CREATE OPERATOR fairdraw.<> (
    FUNCTION = fairdraw.risk_class_ne,
    LEFTARG = fairdraw.risk_class,
    RIGHTARG = fairdraw.risk_class,
    COMMUTATOR = OPERATOR(fairdraw.<>),
    NEGATOR = OPERATOR(fairdraw.=),
    RESTRICT = pg_catalog.neqsel,
    JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR fairdraw.<> (fairdraw.risk_class, fairdraw.risk_class) IS 'not equal';

CREATE FUNCTION fairdraw.risk_class_ge(fairdraw.risk_class, fairdraw.risk_class) RETURNS boolean
    AS 'MODULE_PATHNAME', 'fairdraw_code_ge'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_ge(fairdraw.risk_class, fairdraw.risk_class) IS 'implementation of >= operator';

CREATE OPERATOR fairdraw.>= (
    FUNCTION = fairdraw.risk_class_ge,
    LEFTARG = fairdraw.risk_class,
    RIGHTARG = fairdraw.risk_class,
    COMMUTATOR = OPERATOR(fairdraw.<=),
    NEGATOR = OPERATOR(fairdraw.<),
    RESTRICT = pg_catalog.scalargesel,
    JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR fairdraw.>= (fairdraw.risk_class, fairdraw.risk_class) IS 'greater than or equal';

CREATE FUNCTION fairdraw.risk_class_gt(fairdraw.risk_class, fairdraw.risk_class) RETURNS boolean
    AS 'MODULE_PATHNAME', 'fairdraw_code_gt'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_gt(fairdraw.risk_class, fairdraw.risk_class) IS 'implementation of > operator';

CREATE OPERATOR fairdraw.> (
    FUNCTION = fairdraw.risk_class_gt,
    LEFTARG = fairdraw.risk_class,
    RIGHTARG = fairdraw.risk_class,
    COMMUTATOR = OPERATOR(fairdraw.<),
    NEGATOR = OPERATOR(fairdraw.<=),
    RESTRICT = pg_catalog.scalargtsel,
    JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR fairdraw.> (fairdraw.risk_class, fairdraw.risk_class) IS 'greater than';

CREATE FUNCTION fairdraw.risk_class_cmp(fairdraw.risk_class, fairdraw.risk_class) RETURNS integer
    AS 'MODULE_PATHNAME', 'fairdraw_code_cmp'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_cmp(fairdraw.risk_class, fairdraw.risk_class) IS 'less-equal-greater';

CREATE FUNCTION fairdraw.risk_class_sortsupport(internal) RETURNS void
    AS 'MODULE_PATHNAME', 'fairdraw_code_sortsupport'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_sortsupport(internal) IS 'sort support of risk_class';

CREATE OPERATOR CLASS fairdraw.risk_class_ops
    DEFAULT FOR TYPE fairdraw.risk_class USING btree AS
    OPERATOR 1 fairdraw.<,
    OPERATOR 2 fairdraw.<=,
    OPERATOR 3 fairdraw.=,
    OPERATOR 4 fairdraw.>=,
    OPERATOR 5 fairdraw.>,
    FUNCTION 1 fairdraw.risk_class_cmp(fairdraw.risk_class, fairdraw.risk_class),
    FUNCTION 2 fairdraw.risk_class_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS fairdraw.risk_class_ops USING btree IS 'order of risk_class';
COMMENT ON OPERATOR FAMILY fairdraw.risk_class_ops USING btree IS 'order of risk_class';

CREATE FUNCTION fairdraw.risk_class_hash(fairdraw.risk_class) RETURNS integer
    AS 'MODULE_PATHNAME', 'fairdraw_code_hash'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_hash(fairdraw.risk_class) IS 'hash';

CREATE FUNCTION fairdraw.risk_class_hash_extended(fairdraw.risk_class, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'fairdraw_code_hash_extended'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_hash_extended(fairdraw.risk_class, bigint) IS 'hash with a seed';

CREATE OPERATOR CLASS fairdraw.risk_class_ops
    DEFAULT FOR TYPE fairdraw.risk_class USING hash AS
    OPERATOR 1 fairdraw.=,
    FUNCTION 1 fairdraw.risk_class_hash(fairdraw.risk_class),
    FUNCTION 2 fairdraw.risk_class_hash_extended(fairdraw.risk_class, bigint);
COMMENT ON OPERATOR CLASS fairdraw.risk_class_ops USING hash IS 'hashing of risk_class';
COMMENT ON OPERATOR FAMILY fairdraw.risk_class_ops USING hash IS 'hashing of risk_class';

CREATE FUNCTION fairdraw.risk_class_smaller(fairdraw.risk_class, fairdraw.risk_class) RETURNS fairdraw.risk_class
    AS 'MODULE_PATHNAME', 'fairdraw_code_smaller'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_smaller(fairdraw.risk_class, fairdraw.risk_class) IS 'smaller of two';

CREATE AGGREGATE fairdraw.min(fairdraw.risk_class) (
    SFUNC = fairdraw.risk_class_smaller,
    STYPE = fairdraw.risk_class,
    COMBINEFUNC = fairdraw.risk_class_smaller,
    SORTOP = OPERATOR(fairdraw.<),
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE fairdraw.min(fairdraw.risk_class) IS 'minimum in the order of risk_class';

CREATE FUNCTION fairdraw.risk_class_larger(fairdraw.risk_class, fairdraw.risk_class) RETURNS fairdraw.risk_class
    AS 'MODULE_PATHNAME', 'fairdraw_code_larger'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.risk_class_larger(fairdraw.risk_class, fairdraw.risk_class) IS 'larger of two';

CREATE AGGREGATE fairdraw.max(fairdraw.risk_class) (
    SFUNC = fairdraw.risk_class_larger,
    STYPE = fairdraw.risk_class,
    COMBINEFUNC = fairdraw.risk_class_larger,
    SORTOP = OPERATOR(fairdraw.>),
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE fairdraw.max(fairdraw.risk_class) IS 'maximum in the order of risk_class';

CREATE FUNCTION fairdraw.label(fairdraw.risk_class, lang text DEFAULT 'zh') RETURNS text
    AS 'MODULE_PATHNAME', 'fairdraw_risk_class_label'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.label(fairdraw.risk_class, lang text) IS 'label of a risk class, in Chinese (zh) or English (en)';

-- result_code

CREATE TYPE fairdraw.result_code;

CREATE FUNCTION fairdraw.result_code_in(cstring) RETURNS fairdraw.result_code
    AS 'MODULE_PATHNAME', 'fairdraw_result_code_in'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_in(cstring) IS 'input of result_code';

CREATE FUNCTION fairdraw.result_code_out(fairdraw.result_code) RETURNS cstring
    AS 'MODULE_PATHNAME', 'fairdraw_result_code_out'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_out(fairdraw.result_code) IS 'output of result_code';

CREATE FUNCTION fairdraw.result_code_recv(internal) RETURNS fairdraw.result_code
    AS 'MODULE_PATHNAME', 'fairdraw_result_code_recv'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_recv(internal) IS 'binary input of result_code';

CREATE FUNCTION fairdraw.result_code_send(fairdraw.result_code) RETURNS bytea
    AS 'MODULE_PATHNAME', 'fairdraw_code_send'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_send(fairdraw.result_code) IS 'binary output of result_code';

CREATE TYPE fairdraw.result_code (
    INPUT = fairdraw.result_code_in,
    OUTPUT = fairdraw.result_code_out,
    RECEIVE = fairdraw.result_code_recv,
    SEND = fairdraw.result_code_send,
    INTERNALLENGTH = 1,
    PASSEDBYVALUE,
    ALIGNMENT = char,
    STORAGE = plain
);
COMMENT ON TYPE fairdraw.result_code IS 'result of an inspection (抽查检查结果), ten values in the order of the draft opinion of 2023; input takes the value in any letter case, the Chinese label, or the number 1 to 10 in this order; codes of other schemes number other things and go through a table';

CREATE CAST (text AS fairdraw.result_code) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (text AS fairdraw.result_code) IS 'loads result_code from a staging table';

CREATE CAST (varchar AS fairdraw.result_code) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (varchar AS fairdraw.result_code) IS 'loads result_code from a staging table';

CREATE FUNCTION fairdraw.result_code_lt(fairdraw.result_code, fairdraw.result_code) RETURNS boolean
    AS 'MODULE_PATHNAME', 'fairdraw_code_lt'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_lt(fairdraw.result_code, fairdraw.result_code) IS 'implementation of < operator';

CREATE OPERATOR fairdraw.< (
    FUNCTION = fairdraw.result_code_lt,
    LEFTARG = fairdraw.result_code,
    RIGHTARG = fairdraw.result_code,
    COMMUTATOR = OPERATOR(fairdraw.>),
    NEGATOR = OPERATOR(fairdraw.>=),
    RESTRICT = pg_catalog.scalarltsel,
    JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR fairdraw.< (fairdraw.result_code, fairdraw.result_code) IS 'less than';

CREATE FUNCTION fairdraw.result_code_le(fairdraw.result_code, fairdraw.result_code) RETURNS boolean
    AS 'MODULE_PATHNAME', 'fairdraw_code_le'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_le(fairdraw.result_code, fairdraw.result_code) IS 'implementation of <= operator';

CREATE OPERATOR fairdraw.<= (
    FUNCTION = fairdraw.result_code_le,
    LEFTARG = fairdraw.result_code,
    RIGHTARG = fairdraw.result_code,
    COMMUTATOR = OPERATOR(fairdraw.>=),
    NEGATOR = OPERATOR(fairdraw.>),
    RESTRICT = pg_catalog.scalarlesel,
    JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR fairdraw.<= (fairdraw.result_code, fairdraw.result_code) IS 'less than or equal';

CREATE FUNCTION fairdraw.result_code_eq(fairdraw.result_code, fairdraw.result_code) RETURNS boolean
    AS 'MODULE_PATHNAME', 'fairdraw_code_eq'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_eq(fairdraw.result_code, fairdraw.result_code) IS 'implementation of = operator';

CREATE OPERATOR fairdraw.= (
    FUNCTION = fairdraw.result_code_eq,
    LEFTARG = fairdraw.result_code,
    RIGHTARG = fairdraw.result_code,
    COMMUTATOR = OPERATOR(fairdraw.=),
    NEGATOR = OPERATOR(fairdraw.<>),
    RESTRICT = pg_catalog.eqsel,
    JOIN = pg_catalog.eqjoinsel,
    HASHES,
    MERGES
);
COMMENT ON OPERATOR fairdraw.= (fairdraw.result_code, fairdraw.result_code) IS 'equal';

CREATE FUNCTION fairdraw.result_code_ne(fairdraw.result_code, fairdraw.result_code) RETURNS boolean
    AS 'MODULE_PATHNAME', 'fairdraw_code_ne'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_ne(fairdraw.result_code, fairdraw.result_code) IS 'implementation of <> operator';

CREATE OPERATOR fairdraw.<> (
    FUNCTION = fairdraw.result_code_ne,
    LEFTARG = fairdraw.result_code,
    RIGHTARG = fairdraw.result_code,
    COMMUTATOR = OPERATOR(fairdraw.<>),
    NEGATOR = OPERATOR(fairdraw.=),
    RESTRICT = pg_catalog.neqsel,
    JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR fairdraw.<> (fairdraw.result_code, fairdraw.result_code) IS 'not equal';

CREATE FUNCTION fairdraw.result_code_ge(fairdraw.result_code, fairdraw.result_code) RETURNS boolean
    AS 'MODULE_PATHNAME', 'fairdraw_code_ge'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_ge(fairdraw.result_code, fairdraw.result_code) IS 'implementation of >= operator';

CREATE OPERATOR fairdraw.>= (
    FUNCTION = fairdraw.result_code_ge,
    LEFTARG = fairdraw.result_code,
    RIGHTARG = fairdraw.result_code,
    COMMUTATOR = OPERATOR(fairdraw.<=),
    NEGATOR = OPERATOR(fairdraw.<),
    RESTRICT = pg_catalog.scalargesel,
    JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR fairdraw.>= (fairdraw.result_code, fairdraw.result_code) IS 'greater than or equal';

CREATE FUNCTION fairdraw.result_code_gt(fairdraw.result_code, fairdraw.result_code) RETURNS boolean
    AS 'MODULE_PATHNAME', 'fairdraw_code_gt'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_gt(fairdraw.result_code, fairdraw.result_code) IS 'implementation of > operator';

CREATE OPERATOR fairdraw.> (
    FUNCTION = fairdraw.result_code_gt,
    LEFTARG = fairdraw.result_code,
    RIGHTARG = fairdraw.result_code,
    COMMUTATOR = OPERATOR(fairdraw.<),
    NEGATOR = OPERATOR(fairdraw.<=),
    RESTRICT = pg_catalog.scalargtsel,
    JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR fairdraw.> (fairdraw.result_code, fairdraw.result_code) IS 'greater than';

CREATE FUNCTION fairdraw.result_code_cmp(fairdraw.result_code, fairdraw.result_code) RETURNS integer
    AS 'MODULE_PATHNAME', 'fairdraw_code_cmp'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_cmp(fairdraw.result_code, fairdraw.result_code) IS 'less-equal-greater';

CREATE FUNCTION fairdraw.result_code_sortsupport(internal) RETURNS void
    AS 'MODULE_PATHNAME', 'fairdraw_code_sortsupport'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_sortsupport(internal) IS 'sort support of result_code';

CREATE OPERATOR CLASS fairdraw.result_code_ops
    DEFAULT FOR TYPE fairdraw.result_code USING btree AS
    OPERATOR 1 fairdraw.<,
    OPERATOR 2 fairdraw.<=,
    OPERATOR 3 fairdraw.=,
    OPERATOR 4 fairdraw.>=,
    OPERATOR 5 fairdraw.>,
    FUNCTION 1 fairdraw.result_code_cmp(fairdraw.result_code, fairdraw.result_code),
    FUNCTION 2 fairdraw.result_code_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS fairdraw.result_code_ops USING btree IS 'order of result_code';
COMMENT ON OPERATOR FAMILY fairdraw.result_code_ops USING btree IS 'order of result_code';

CREATE FUNCTION fairdraw.result_code_hash(fairdraw.result_code) RETURNS integer
    AS 'MODULE_PATHNAME', 'fairdraw_code_hash'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_hash(fairdraw.result_code) IS 'hash';

CREATE FUNCTION fairdraw.result_code_hash_extended(fairdraw.result_code, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'fairdraw_code_hash_extended'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_hash_extended(fairdraw.result_code, bigint) IS 'hash with a seed';

CREATE OPERATOR CLASS fairdraw.result_code_ops
    DEFAULT FOR TYPE fairdraw.result_code USING hash AS
    OPERATOR 1 fairdraw.=,
    FUNCTION 1 fairdraw.result_code_hash(fairdraw.result_code),
    FUNCTION 2 fairdraw.result_code_hash_extended(fairdraw.result_code, bigint);
COMMENT ON OPERATOR CLASS fairdraw.result_code_ops USING hash IS 'hashing of result_code';
COMMENT ON OPERATOR FAMILY fairdraw.result_code_ops USING hash IS 'hashing of result_code';

CREATE FUNCTION fairdraw.result_code_smaller(fairdraw.result_code, fairdraw.result_code) RETURNS fairdraw.result_code
    AS 'MODULE_PATHNAME', 'fairdraw_code_smaller'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_smaller(fairdraw.result_code, fairdraw.result_code) IS 'smaller of two';

CREATE AGGREGATE fairdraw.min(fairdraw.result_code) (
    SFUNC = fairdraw.result_code_smaller,
    STYPE = fairdraw.result_code,
    COMBINEFUNC = fairdraw.result_code_smaller,
    SORTOP = OPERATOR(fairdraw.<),
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE fairdraw.min(fairdraw.result_code) IS 'minimum in the order of result_code';

CREATE FUNCTION fairdraw.result_code_larger(fairdraw.result_code, fairdraw.result_code) RETURNS fairdraw.result_code
    AS 'MODULE_PATHNAME', 'fairdraw_code_larger'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.result_code_larger(fairdraw.result_code, fairdraw.result_code) IS 'larger of two';

CREATE AGGREGATE fairdraw.max(fairdraw.result_code) (
    SFUNC = fairdraw.result_code_larger,
    STYPE = fairdraw.result_code,
    COMBINEFUNC = fairdraw.result_code_larger,
    SORTOP = OPERATOR(fairdraw.>),
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE fairdraw.max(fairdraw.result_code) IS 'maximum in the order of result_code';

CREATE FUNCTION fairdraw.label(fairdraw.result_code, lang text DEFAULT 'zh') RETURNS text
    AS 'MODULE_PATHNAME', 'fairdraw_result_code_label'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.label(fairdraw.result_code, lang text) IS 'label of a result, in Chinese (zh) or English (en)';

CREATE FUNCTION fairdraw.is_problem(fairdraw.result_code) RETURNS boolean
    AS 'MODULE_PATHNAME', 'fairdraw_result_code_is_problem'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.is_problem(fairdraw.result_code) IS 'did the inspection find a problem (发现问题)?';

CREATE FUNCTION fairdraw.needs_follow_up(fairdraw.result_code) RETURNS boolean
    AS 'MODULE_PATHNAME', 'fairdraw_result_code_needs_follow_up'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.needs_follow_up(fairdraw.result_code) IS 'does the result need a follow-up (后续处置)?';

CREATE FUNCTION fairdraw.counts_as_checked(fairdraw.result_code) RETURNS boolean
    AS 'MODULE_PATHNAME', 'fairdraw_result_code_counts_as_checked'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fairdraw.counts_as_checked(fairdraw.result_code) IS 'does the enterprise count as inspected?';
