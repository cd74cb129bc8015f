-- Types risk_class and result_code: soft errors of input, comments on objects.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET LOCAL search_path = fairdraw, public;
SET LOCAL client_encoding = 'UTF8';

SELECT plan(17);

SELECT current_setting('server_version_num')::integer >= 160000 AS has_soft_errors,
       current_setting('server_version_num')::integer >= 170000 AS has_on_error \gset

\if :has_soft_errors
SELECT ok(pg_input_is_valid('b', 'risk_class'), 'a value of risk_class is valid input');
SELECT ok(pg_input_is_valid('信用风险较高', 'risk_class'), 'a label of risk_class is valid input');
SELECT ok(NOT pg_input_is_valid('E', 'risk_class'), 'another letter is invalid input of risk_class, softly');
SELECT ok(NOT pg_input_is_valid('{A,E}', 'risk_class[]'), 'an array with an invalid risk_class is invalid, softly');
SELECT ok(pg_input_is_valid('10', 'result_code'), 'the last number is valid input of result_code');
SELECT ok(NOT pg_input_is_valid('11', 'result_code'), 'the number after it is invalid, softly');
SELECT is(message, 'invalid input value for type risk_class: "极高"', 'the soft error of risk_class says what is wrong')
FROM pg_input_error_info('极高', 'risk_class');
SELECT is(hint, 'Accepted are, as value or label: A = 信用风险低; B = 信用风险一般; C = 信用风险较高; D = 信用风险高.',
          'and what is accepted')
FROM pg_input_error_info('极高', 'risk_class');
SELECT is(sql_error_code, '22P02', 'with the code of invalid text')
FROM pg_input_error_info('极高', 'risk_class');
SELECT is(message, 'invalid input value for type result_code: "发现问题"', 'the soft error of result_code says what is wrong')
FROM pg_input_error_info('发现问题', 'result_code');
SELECT matches(hint, '^Accepted are, as number, value or label: 1 = no_problem = 未发现问题; .*; 10 = other = 其他情况[.]$',
               'and what is accepted')
FROM pg_input_error_info('发现问题', 'result_code');
SELECT is(sql_error_code, '22P02', 'with the code of invalid text')
FROM pg_input_error_info('发现问题', 'result_code');
\else
SELECT diag('SKIPPED: 12 tests of soft input errors, which PostgreSQL has from version 16; this is '
            || current_setting('server_version'));
SELECT skip('PostgreSQL has no soft input errors before version 16', 12);
\endif

\if :has_on_error
CREATE TEMP TABLE loaded (class risk_class, code result_code);
\copy loaded FROM PROGRAM 'printf "A,1\nE,1\nB,信用风险低\n高,其他情况\n"' (FORMAT csv, ON_ERROR ignore)
SELECT results_eq('SELECT class::text, code::text FROM loaded ORDER BY class',
                  $$VALUES ('A', 'no_problem'), ('D', 'other')$$,
                  'COPY with ON_ERROR ignore loads the valid rows and passes over the others');
\else
SELECT diag('SKIPPED: 1 test of COPY with ON_ERROR, which PostgreSQL has from version 17; this is '
            || current_setting('server_version'));
SELECT skip('PostgreSQL has no COPY with ON_ERROR before version 17', 1);
\endif

-- in every version: input that fails is an error that a block can catch
SELECT throws_ok($$SELECT 'E'::risk_class$$, '22P02', 'invalid input value for type risk_class: "E"',
                 'invalid input of risk_class raises 22P02');
SELECT throws_ok($$SELECT '11'::result_code$$, '22P02', 'invalid input value for type result_code: "11"',
                 'invalid input of result_code raises 22P02');
SELECT throws_ok($$SELECT label('other'::result_code, 'ZH')$$, '22023', 'there are no labels in language "ZH"',
                 'a language without labels raises 22023');

SELECT is_empty($$
    SELECT pg_describe_object(classid, objid, 0)
    FROM pg_depend
    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
      AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'fairdraw')
      AND pg_describe_object(classid, objid, 0) ~ '(risk_class|result_code)'
      -- array types are members from version 17 on
      AND NOT (classid = 'pg_type'::regclass AND objid IN (SELECT typarray FROM pg_type))
      AND obj_description(objid, classid::regclass::name) IS NULL
$$, 'every object of the types has a comment');

SELECT * FROM finish();
ROLLBACK;
