--
-- Types risk_class and result_code
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET search_path = fairdraw, public;
SET client_encoding = 'UTF8';

-- the values of risk_class in their order, and their labels
CREATE TEMP TABLE class AS
    SELECT n, v::risk_class AS class
    FROM unnest('{A,B,C,D}'::text[]) WITH ORDINALITY AS u (v, n);
SELECT n, class, label(class), label(class, 'zh') = label(class) AS zh_is_default, label(class, 'en') AS en
FROM class ORDER BY class;

-- the table of result_code: value, labels, flags
CREATE TEMP TABLE code AS
    SELECT n, v::result_code AS code
    FROM unnest('{no_problem,not_published,false_information,unreachable,refused,
                  no_activity,stop_ordered,correction_ordered,pending,other}'::text[]) WITH ORDINALITY AS u (v, n);
SELECT n, code, label(code), is_problem(code) AS problem, needs_follow_up(code) AS follow_up,
       counts_as_checked(code) AS checked
FROM code ORDER BY code;
SELECT n, label(code, 'en') AS en FROM code ORDER BY code;

-- both are one byte, passed by value, never toasted
SELECT typname, typlen, typbyval, typalign, typstorage
FROM pg_type WHERE oid IN ('risk_class'::regtype, 'result_code'::regtype) ORDER BY typname;
SELECT pg_column_size('A'::risk_class), pg_column_size('other'::result_code);

-- input takes every value in any letter case, and output is the value (no rows)
SELECT * FROM class, LATERAL (VALUES (lower(class::text)), (upper(class::text))) AS w (word)
WHERE word::risk_class <> class OR word::risk_class::text <> class::text;
SELECT * FROM code, LATERAL (VALUES (lower(code::text)), (upper(code::text)), (initcap(code::text))) AS w (word)
WHERE word::result_code <> code OR word::result_code::text <> code::text;

-- input takes every label (no rows)
SELECT * FROM class WHERE label(class)::risk_class <> class;
SELECT * FROM code WHERE label(code)::result_code <> code;

-- input takes the labels of risk_class without their common beginning
SELECT v, v::risk_class AS class FROM unnest('{低,一般,较高,高}'::text[]) AS v;

-- input takes the labels of result_code with full-width punctuation
SELECT v, v::result_code AS code
FROM unnest('{通过登记的住所（经营场所）无法联系,发现问题，依法责令停止,
              发现问题，依法责令立即改正或者限期改正,发现问题，待后续调查处理}'::text[]) AS v;

-- input of result_code takes its number (no rows)
SELECT * FROM code WHERE n::text::result_code <> code;

-- other input is refused with what is accepted
SELECT 'E'::risk_class;
SELECT 'no problem'::result_code;
SELECT '信用风险极高'::text::risk_class;
SELECT '发现问题'::text::result_code;

-- nothing near a value is one: blanks, beginnings, longer words, other numbers
CREATE FUNCTION pg_temp.refused(type regtype, input text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT %L::%s', input, type);
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT pg_temp.refused('risk_class', v)
FROM unnest(ARRAY['', ' ', ' A', 'A ', E'A\n', 'AB', '1', '0', 'A类', 'Ａ', '信用风险', '险低', '信用风险低 ']) AS v;
SELECT pg_temp.refused('result_code', v)
FROM unnest(ARRAY['', ' other', 'other ', 'othe', 'others', 'no-problem', '0', '11', '01', '+1', '-1', '1.0', '1 ', '１',
                  '257', '4294967297', '18446744073709551617', '其他', '发现问题;待后续调查处理']) AS v;

-- labels exist in two languages
SELECT label('A'::risk_class, 'fr');
\echo :LAST_ERROR_SQLSTATE
SELECT label('other'::result_code, '');
SELECT label(NULL::risk_class), label('A'::risk_class, NULL), is_problem(NULL), needs_follow_up(NULL), counts_as_checked(NULL);

-- the six operators agree with the order of the values (no rows)
SELECT a.class, b.class FROM class a, class b
WHERE (a.class < b.class) <> (a.n < b.n) OR (a.class <= b.class) <> (a.n <= b.n)
   OR (a.class = b.class) <> (a.n = b.n) OR (a.class <> b.class) <> (a.n <> b.n)
   OR (a.class >= b.class) <> (a.n >= b.n) OR (a.class > b.class) <> (a.n > b.n)
   OR sign(risk_class_cmp(a.class, b.class)) <> sign(a.n - b.n);
SELECT a.code, b.code FROM code a, code b
WHERE (a.code < b.code) <> (a.n < b.n) OR (a.code <= b.code) <> (a.n <= b.n)
   OR (a.code = b.code) <> (a.n = b.n) OR (a.code <> b.code) <> (a.n <> b.n)
   OR (a.code >= b.code) <> (a.n >= b.n) OR (a.code > b.code) <> (a.n > b.n)
   OR sign(result_code_cmp(a.code, b.code)) <> sign(a.n - b.n);

-- result_code sorts by number, not by letters, nulls where they are asked for
SELECT array_agg(c ORDER BY c DESC NULLS LAST) FROM unnest('{pending,other,NULL,no_problem,refused}'::result_code[]) AS c;

-- hashes are these on every platform
SELECT class, risk_class_hash(class) AS hash, risk_class_hash_extended(class, 0) AS seed_0,
       risk_class_hash_extended(class, 8592938175) AS seed_other
FROM class ORDER BY class;
SELECT code, result_code_hash(code) AS hash, result_code_hash_extended(code, 0) AS seed_0
FROM code ORDER BY code;

-- the operator classes are complete, and an index on them may deduplicate
SELECT opcname, amname, opcdefault, amvalidate(o.oid)
FROM pg_opclass o JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype IN ('risk_class'::regtype, 'result_code'::regtype) ORDER BY opcname, amname;
SELECT opfname, amname, amprocnum, amproc
FROM pg_amproc p JOIN pg_opfamily f ON f.oid = amprocfamily JOIN pg_am a ON a.oid = opfmethod
WHERE amproclefttype IN ('risk_class'::regtype, 'result_code'::regtype) ORDER BY opfname, amname, amprocnum;
SELECT oprleft::regtype AS type, oprname, oprcom::regoper, oprnegate::regoper, oprrest, oprjoin, oprcanhash, oprcanmerge
FROM pg_operator WHERE oprleft IN ('risk_class'::regtype, 'result_code'::regtype) ORDER BY oprleft::regtype::text, oprname;

-- every function on the types is strict, immutable, safe in parallel (no rows);
-- result_code_from() reads a table
SELECT oid::regprocedure FROM pg_proc
WHERE (prorettype IN ('risk_class'::regtype, 'result_code'::regtype)
       OR proargtypes::oid[] && ARRAY['risk_class', 'result_code']::regtype[]::oid[])
  AND probin LIKE '%fairdraw%' AND NOT (proisstrict AND provolatile = 'i' AND proparallel = 's')
  AND proname ~ '^(risk_class_|result_code_|label$|is_problem$|needs_follow_up$|counts_as_checked$)'
  AND proname <> 'result_code_from';

-- a register of 5000 enterprises, loaded from a staging table of text and varchar without casts
CREATE TEMP TABLE staging (uid integer, class text, code varchar(60));
INSERT INTO staging
    SELECT i, (ARRAY['A', 'b', '较高', '信用风险高', NULL])[1 + i % 5],
           (ARRAY['1', 'Not_Published', '发现问题,待后续调查处理', '其他情况', 'REFUSED', '6', NULL])[1 + i % 7]
    FROM generate_series(1, 5000) AS i;
CREATE TABLE types_register (uid integer, class risk_class, code result_code);
INSERT INTO types_register SELECT uid, class, code FROM staging;
UPDATE types_register r SET class = s.class, code = s.code FROM staging s WHERE s.uid = r.uid;
ANALYZE types_register;
SELECT class, count(*) FROM types_register GROUP BY class ORDER BY class;
SELECT code, count(*) FROM types_register GROUP BY code ORDER BY code;
INSERT INTO types_register VALUES (1, 'E'::text, NULL);
-- in a comparison nothing is cast silently
\set VERBOSITY sqlstate
SELECT 'A'::text = class FROM types_register LIMIT 1;
\set VERBOSITY default

-- a default, an array, a check and a primary key can use the types
CREATE TEMP TABLE kinds (code result_code PRIMARY KEY, class risk_class DEFAULT 'B' CHECK (class <= 'C'),
                         over risk_class[] DEFAULT '{C,D}');
INSERT INTO kinds (code) VALUES ('other'), ('1');
INSERT INTO kinds (code) VALUES ('no_problem');
INSERT INTO kinds (code, class) VALUES ('refused', 'D');
TABLE kinds ORDER BY code;
SELECT 'C' = ANY (over) AS has_c, over < '{D}' AS less FROM kinds LIMIT 1;

-- btree indexes find and order
CREATE INDEX types_register_class ON types_register (class);
CREATE INDEX types_register_code ON types_register USING hash (code);
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM types_register WHERE class > 'B' AND class <= '信用风险高';
SELECT count(*) FROM types_register WHERE class > 'B' AND class <= '信用风险高';
EXPLAIN (COSTS OFF) SELECT uid FROM types_register ORDER BY class DESC;
-- min and max read one end of it
CREATE FUNCTION pg_temp.plan_line(query text, pattern text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line ~ pattern THEN
            RETURN NEXT ltrim(line, ' ->');
        END IF;
    END LOOP;
END
$$;
SELECT * FROM pg_temp.plan_line('SELECT min(class) FROM types_register', 'Index Only Scan');
SELECT * FROM pg_temp.plan_line('SELECT max(class) FROM types_register', 'Index Only Scan');
SELECT min(class), max(class) FROM types_register;
-- hash indexes find
EXPLAIN (COSTS OFF) SELECT count(*) FROM types_register WHERE code = 'pending';
SELECT count(*) FROM types_register WHERE code = 'pending';
RESET enable_seqscan;
RESET enable_bitmapscan;

-- min and max without an index, nulls apart
SELECT min(code), max(code), min(code) FILTER (WHERE code > 'refused'), max(code) FILTER (WHERE code < 'no_problem')
FROM types_register;

-- they run in parallel
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL enable_indexscan = off;
SET LOCAL enable_indexonlyscan = off;
EXPLAIN (COSTS OFF) SELECT min(code), max(code) FROM types_register;
SELECT min(code), max(code) FROM types_register;
ROLLBACK;

-- both ways to group, and all three to join, agree
BEGIN;
SET LOCAL enable_indexscan = off;
SET LOCAL enable_indexonlyscan = off;
SET LOCAL enable_bitmapscan = off;
SET LOCAL enable_nestloop = off;
SET LOCAL enable_mergejoin = off;
SET LOCAL enable_sort = off;
EXPLAIN (COSTS OFF) SELECT class, count(*) FROM types_register r JOIN class c USING (class) GROUP BY class;
CREATE TEMP TABLE by_hash AS SELECT class, count(*) FROM types_register r JOIN class c USING (class) GROUP BY class;
SET LOCAL enable_sort = on;
SET LOCAL enable_hashagg = off;
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = on;
EXPLAIN (COSTS OFF) SELECT class, count(*) FROM types_register r JOIN class c USING (class) GROUP BY class;
CREATE TEMP TABLE by_merge AS SELECT class, count(*) FROM types_register r JOIN class c USING (class) GROUP BY class;
SET LOCAL enable_mergejoin = off;
SET LOCAL enable_nestloop = on;
CREATE TEMP TABLE by_loop AS SELECT class, count(*) FROM types_register r JOIN class c USING (class) GROUP BY class;
SELECT * FROM by_hash NATURAL JOIN by_merge NATURAL JOIN by_loop ORDER BY class;
ROLLBACK;

-- partitions by hash and by range; a query reads only its own
CREATE TABLE types_hashed (code result_code) PARTITION BY HASH (code);
CREATE TABLE types_hashed_0 PARTITION OF types_hashed FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE types_hashed_1 PARTITION OF types_hashed FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE types_hashed_2 PARTITION OF types_hashed FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO types_hashed SELECT code FROM code;
SELECT tableoid::regclass, array_agg(code ORDER BY code) FROM types_hashed GROUP BY 1 ORDER BY 1;
EXPLAIN (COSTS OFF) SELECT * FROM types_hashed WHERE code = 'unreachable';
CREATE TABLE types_ranged (class risk_class) PARTITION BY RANGE (class);
CREATE TABLE types_ranged_low PARTITION OF types_ranged FOR VALUES FROM (MINVALUE) TO ('C');
CREATE TABLE types_ranged_high PARTITION OF types_ranged FOR VALUES FROM ('C') TO (MAXVALUE);
INSERT INTO types_ranged SELECT class FROM class;
SELECT tableoid::regclass, array_agg(class ORDER BY class) FROM types_ranged GROUP BY 1 ORDER BY 1;
EXPLAIN (COSTS OFF) SELECT * FROM types_ranged WHERE class = 'D';
DROP TABLE types_hashed, types_ranged;

-- binary output is the number in one byte
SELECT string_agg(encode(risk_class_send(class), 'hex'), ' ' ORDER BY class) FROM class;
SELECT string_agg(encode(result_code_send(code), 'hex'), ' ' ORDER BY code) FROM code;

-- binary COPY brings every row back (no rows)
CREATE TEMP TABLE copied (LIKE types_register);
\copy types_register TO 'results/types.copy' (FORMAT binary)
\copy copied FROM 'results/types.copy' (FORMAT binary)
(TABLE types_register EXCEPT ALL TABLE copied) UNION ALL (TABLE copied EXCEPT ALL TABLE types_register);
-- so does text COPY
TRUNCATE copied;
\copy types_register TO 'results/types.copy'
\copy copied FROM 'results/types.copy'
(TABLE types_register EXCEPT ALL TABLE copied) UNION ALL (TABLE copied EXCEPT ALL TABLE types_register);

-- damaged binary input is refused: below and above the values, too long, empty
CREATE TEMP TABLE one_class (class risk_class);
\copy one_class FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\4\377\377"' (FORMAT binary)
TABLE one_class;
\copy one_class FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\5\377\377"' (FORMAT binary)
\set VERBOSITY sqlstate
\copy one_class FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\5\377\377"' (FORMAT binary)
\set VERBOSITY default
\copy one_class FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\377\377"' (FORMAT binary)
\copy one_class FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1A\377\377"' (FORMAT binary)
\copy one_class FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\2\1\1\377\377"' (FORMAT binary)
\copy one_class FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\377\377"' (FORMAT binary)
CREATE TEMP TABLE one_code (code result_code);
\copy one_code FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\12\377\377"' (FORMAT binary)
TABLE one_code;
\copy one_code FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\13\377\377"' (FORMAT binary)
\copy one_code FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\377\377"' (FORMAT binary)
\copy one_code FROM PROGRAM 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\377\377\377"' (FORMAT binary)

-- a byte that damage left in a table is an error, not a crash
BEGIN;
CREATE CAST ("char" AS risk_class) WITHOUT FUNCTION;
CREATE CAST ("char" AS result_code) WITHOUT FUNCTION;
CREATE TEMP TABLE damaged AS
    SELECT E'\\377'::text::"char"::risk_class AS class, E'\\013'::text::"char"::result_code AS code, ''::"char"::result_code AS zero;
SAVEPOINT s;
SELECT class FROM damaged;
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO s;
SELECT code FROM damaged;
ROLLBACK TO s;
SELECT label(zero) FROM damaged;
ROLLBACK TO s;
SELECT is_problem(code) FROM damaged;
ROLLBACK;

DROP TABLE types_register;

-- the same in the other encodings that are supported
\set home :DBNAME
CREATE DATABASE fairdraw_types_euc_cn TEMPLATE template0 ENCODING 'EUC_CN' LOCALE_PROVIDER libc LOCALE 'C';
CREATE DATABASE fairdraw_types_sql_ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C';

\c fairdraw_types_euc_cn
SET client_min_messages = warning;
CREATE EXTENSION fairdraw;
SET search_path = fairdraw, public;
SET client_encoding = 'UTF8';
SELECT c AS class, label(c), octet_length(label(c)) FROM unnest('{信用风险低,一般,C,高}'::risk_class[]) AS c;
SELECT n, c AS code, label(c), octet_length(label(c)), label(c)::result_code = c AS same
FROM generate_series(1, 10) AS n, LATERAL CAST(n::text AS result_code) AS c;
SELECT '通过登记的住所（经营场所）无法联系'::result_code, '发现问题，依法责令停止'::result_code;
SELECT '信用风险极高'::text::risk_class;
-- a character that UTF-8 lacks is refused as any other input is
DO $$
BEGIN
    PERFORM convert_from('\xfefe', 'EUC_CN')::result_code;
EXCEPTION WHEN invalid_text_representation THEN
    RAISE WARNING 'refused as input';
END
$$;
SELECT obj_description('risk_class'::regtype, 'pg_type');

\c fairdraw_types_sql_ascii
SET client_min_messages = warning;
CREATE EXTENSION fairdraw;
SET search_path = fairdraw, public;
SET client_encoding = 'UTF8';
SELECT c AS class, label(c), octet_length(label(c)) FROM unnest('{信用风险低,一般,C,高}'::risk_class[]) AS c;
SELECT bool_and(label(c)::result_code = c) AS same
FROM generate_series(1, 10) AS n, LATERAL CAST(n::text AS result_code) AS c;
SELECT '通过登记的住所（经营场所）无法联系'::result_code, '发现问题，依法责令停止'::result_code;
-- the bytes of a label in another encoding are no label
DO $$
BEGIN
    PERFORM E'\xb5\xcd'::text::risk_class;
EXCEPTION WHEN invalid_text_representation THEN
    RAISE WARNING 'refused as input';
END
$$;

\c :home
DROP DATABASE fairdraw_types_euc_cn;
DROP DATABASE fairdraw_types_sql_ascii;
