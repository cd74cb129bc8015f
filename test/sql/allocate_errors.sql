--
-- What allocate() and allocation_sizes() refuse, and how they say so
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
CREATE SCHEMA allocate_errors;
SET search_path = allocate_errors, fairdraw, public;
\set SHOW_CONTEXT never

-- code, message, detail and hint of what a statement is refused with
CREATE FUNCTION refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLSTATE, SQLERRM, NULLIF(detail, ''), NULLIF(hint, ''));
END
$$;
CREATE FUNCTION refused(strata text DEFAULT 'TABLE kind', n bigint DEFAULT 10, method text DEFAULT 'proportional', options jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS
$$ SELECT refusal(format('SELECT * FROM allocate(%L, %L, %L, %L)', strata, n, method, options)) $$;
\pset format unaligned
\pset tuples_only on

CREATE TABLE kind AS SELECT * FROM (VALUES ('food', 50, 2.5, 400), ('lifts', 20, 6, 90), ('plants', 4, 40, 120)) AS v (stratum, units, sd, total);
SELECT refused(), refused(method => 'neyman'), refused(method => 'power'), refused(method => 'equal'), refused(n => NULL, method => 'rate', options => '{"rate": 0.03}');

--
-- Arguments
--
-- null ones; n may be null where rates are given
SELECT refusal('SELECT * FROM allocate(NULL, 10)'), refused(method => NULL), refused(options => NULL);
SELECT refused(n => NULL), refused(n => NULL, method => 'neyman');
SELECT refusal('SELECT allocation_sizes(NULL, 10)'), refusal('SELECT allocation_sizes(''TABLE kind'', NULL)');
-- n
SELECT refused(n => -1), refused(n => -1, method => 'rate', options => '{"rate": 0.1}');
SELECT refused(n => 2), refused(n => 0), refused(n => 75), refused(n => 9223372036854775807);
SELECT refused(n => 5, options => '{"min": 2}'), refused('SELECT *, 2 AS high FROM kind', 7), refused('SELECT *, 4 AS low FROM kind', 11);
-- the method
SELECT refused(method => 'optimal'), refused(method => ''), refused(method => 'Neyman');
-- options
SELECT refused(options => '[]'), refused(options => '5'), refused(options => '"min"');
SELECT refused(options => '{"max": 5}'), refused(options => '{"reserve": 5}'), refusal('SELECT allocation_sizes(''TABLE kind'', 10, options => ''{"max": 5}'')');
SELECT options, refused(options => options) FROM unnest('{"{\"min\": -1}","{\"min\": 1.5}","{\"min\": \"1\"}","{\"min\": null}","{\"min\": []}","{\"min\": true}","{\"min\": 2147483648}"}'::jsonb[]) AS options;
SELECT options, refused(options => options) FROM unnest('{"{\"min\": 1.0}","{\"min\": 0}"}'::jsonb[]) AS options;
SELECT refusal(format('SELECT allocation_sizes(''TABLE kind'', 10, options => %L)', options)) FROM unnest('{"{\"reserve\": -1}","{\"reserve\": 0.5}","{\"reserve\": 2147483648}","{\"reserve\": 0}"}'::jsonb[]) AS options;
-- q, which only power has
SELECT options, refused(method => 'power', options => options) FROM unnest('{"{\"q\": -0.1}","{\"q\": 1.1}","{\"q\": \"1/2\"}","{\"q\": null}","{\"q\": {}}","{\"q\": 0}","{\"q\": 1}"}'::jsonb[]) AS options;
SELECT refused(method => 'neyman', options => '{"q": 0.5}');
-- rate, which only rate has, and needs
SELECT refused(n => NULL, method => 'rate'), refused(options => '{"rate": 0.03}');
SELECT options, refused(n => NULL, method => 'rate', options => options) FROM unnest('{"{\"rate\": 3}","{\"rate\": 0}","{\"rate\": -0.1}","{\"rate\": \"3%\"}","{\"rate\": null}","{\"rate\": [0.03]}"}'::jsonb[]) AS options;
SELECT refused(n => NULL, method => 'rate', options => '{"rate": {"food": 0.1, "lifts": 3, "plants": 0.1}}');
-- a stratum that the rates do not name, and one that the query does not return
SELECT refused(n => NULL, method => 'rate', options => '{"rate": {"food": 0.1, "lifts": 0.1}}');
SELECT refused(n => NULL, method => 'rate', options => '{"rate": {}}');
SELECT refused(n => NULL, method => 'rate', options => '{"rate": {"food": 0.1, "lifts": 0.1, "plants": 0.1, "食品": 0.1}}');
SELECT refused(n => NULL, method => 'rate', options => '{"rate": {"Food": 0.1, "food": 0.1, "lifts": 0.1, "plants": 0.1}}');
-- an n that is not what the rates give
SELECT refused(n => 4, method => 'rate', options => '{"rate": 0.03}'), refused(n => 3, method => 'rate', options => '{"rate": 0.03}');

--
-- The query
--
SELECT refused('SELECT stratum FROM kind'), refused('SELECT units FROM kind');
SELECT refused('SELECT stratum, units FROM kind', method => 'neyman'), refused('SELECT stratum, units, sd FROM kind', method => 'power'), refused('SELECT stratum, units, total FROM kind', method => 'power');
SELECT refused('SELECT *, 1 AS low, 2 AS low FROM kind');
SELECT refused('SELECT stratum, units::numeric FROM kind'), refused('SELECT 1.5 AS stratum, units FROM kind'), refused('SELECT *, ''1'' AS low FROM kind'), refused('SELECT *, 1.5 AS high FROM kind');
SELECT refused('SELECT stratum, units, sd::text FROM kind', method => 'neyman'), refused('SELECT stratum, units, sd, true AS total FROM kind', method => 'power');
SELECT refused('TABLE kind LIMIT 0'), refused('TABLE kind LIMIT 0', NULL, 'rate', '{"rate": 0.1}');
SELECT refused('DELETE FROM kind'), refused('TABLE kind; TABLE kind'), refused('TABLE nowhere');
-- strata
SELECT refused('TABLE kind UNION ALL SELECT NULL, 1, 1, 1'), refused('TABLE kind UNION ALL SELECT '''', 1, 1, 1'), refused('TABLE kind UNION ALL SELECT '' food'', 1, 1, 1');
SELECT refused('TABLE kind UNION ALL SELECT ''lifts'', 1, 1, 1'), refused('SELECT ''a '' || i AS stratum, 1 AS units FROM generate_series(1, 3) AS i UNION ALL SELECT ''a 2'', 1');
-- units
SELECT refused('SELECT stratum, NULL::int AS units FROM kind'), refused('SELECT stratum, units - 20 AS units FROM kind');
SELECT refused('SELECT stratum, 5000000000000000000 AS units FROM kind');
-- bounds
SELECT refused('SELECT *, NULL::int AS low FROM kind'), refused('SELECT *, NULL::int AS high FROM kind');
SELECT refused('SELECT *, -1 AS low FROM kind'), refused('SELECT *, -1 AS high FROM kind');
SELECT refused('SELECT *, 5 AS low FROM kind'), refused('SELECT *, 5 AS high FROM kind');
SELECT refused('SELECT *, 3 AS low, 2 AS high FROM kind');
SELECT refused('SELECT *, least(5, units) AS low, least(20, units) AS high FROM kind', 20);
SELECT refused('TABLE kind UNION ALL SELECT ''none'', 0, 0, 0'), refused('SELECT stratum, units, 1 AS low FROM kind UNION ALL SELECT ''none'', 0, 1');
-- deviations and totals
SELECT value, method, type, refused(format('SELECT stratum, units, CASE stratum WHEN ''lifts'' THEN %1$s::%2$s ELSE 1 END AS sd, 1 AS total FROM kind', value, type), method => method)
FROM unnest('{"NULL",-0.5,''NaN'',''Infinity'',''-Infinity''}'::text[]) AS value, unnest('{neyman,power}'::text[]) AS method, unnest('{numeric,float8}'::text[]) AS type ORDER BY value, method, type;
SELECT value, refused(format('SELECT stratum, units, sd, CASE stratum WHEN ''lifts'' THEN %s::numeric ELSE 1 END AS total FROM kind', value), method => 'power')
FROM unnest('{"NULL",-0.5,''NaN'',''Infinity''}'::text[]) AS value;
-- beyond all measure
SELECT refused('SELECT *, total * 1e98 AS sd FROM (SELECT stratum, units, total FROM kind) AS k', method => 'neyman'), refused('SELECT stratum, units, sd * 1e98 AS sd FROM kind', method => 'neyman');
-- a variation of a total of 0
SELECT refused('SELECT stratum, units, sd, total - 90 AS total FROM kind WHERE stratum <> ''food''', method => 'power');
SELECT refused('SELECT stratum, units, sd, total - 90 AS total FROM kind WHERE stratum <> ''food''', method => 'neyman');
