--
-- What assignments are refused with, and how assign_explain() explains where there is none
--
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
CREATE SCHEMA assign_errors;
SET search_path = assign_errors, fairdraw, public;
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
-- of a plan; what is not given is two visits, two inspectors, everybody for everything, and needs one
CREATE FUNCTION refused(visits text DEFAULT 'TABLE visit', staff text DEFAULT 'TABLE staff', eligible text DEFAULT 'TABLE pair', options text DEFAULT '{}') RETURNS text LANGUAGE sql AS
$$ SELECT refusal(format('SELECT * FROM assign_plan(%L, %L, %L, %L)', visits, staff, eligible, options)) $$;
\pset format unaligned
\pset tuples_only on

CREATE TABLE visit AS SELECT * FROM (VALUES ('v1', 1), ('v2', 1)) AS v (visit, need);
CREATE TABLE staff AS SELECT * FROM (VALUES ('a'), ('b')) AS s (inspector);
CREATE TABLE pair AS SELECT visit, inspector FROM visit, staff;
SELECT refused();

--
-- The queries
--
-- plan, draw and explanation refuse the same
SELECT refusal(format('SELECT * FROM %s', call))
FROM unnest(ARRAY['assign_plan(''TABLE visit LIMIT 0'', ''TABLE staff'', ''TABLE pair'')', 'assign_draw(''TABLE visit LIMIT 0'', ''TABLE staff'', ''TABLE pair'', ''seed'')',
                  'assign_explain(''TABLE visit LIMIT 0'', ''TABLE staff'', ''TABLE pair'')']) AS call;
-- relations without rows; an empty array is a row, and so there is only no assignment
SELECT refused(visits => 'TABLE visit LIMIT 0');
SELECT refused(staff => 'TABLE staff LIMIT 0');
SELECT refused(eligible => 'TABLE pair LIMIT 0');
SELECT refused(eligible => 'SELECT visit, ''{}''::text[] AS inspectors FROM visit');
-- columns that are missing, come twice, or have another type
SELECT refused(visits => 'SELECT visit AS v FROM visit');
SELECT refused(staff => 'SELECT inspector AS i FROM staff');
SELECT refused(eligible => 'SELECT visit FROM pair');
SELECT refused(eligible => 'SELECT inspector FROM pair');
SELECT refused(visits => 'SELECT visit, visit FROM visit');
SELECT refused(visits => 'SELECT 1.5 AS visit');
SELECT refused(visits => 'SELECT visit, ''2'' AS need FROM visit');
SELECT refused(visits => 'SELECT visit, 1.5 AS need FROM visit');
SELECT refused(visits => 'SELECT visit, ''{}'' AS groups FROM visit');
SELECT refused(staff => 'SELECT inspector, 1.0 AS max_load FROM staff');
SELECT refused(staff => 'SELECT inspector, true AS min_load FROM staff');
SELECT refused(staff => 'SELECT inspector, ''lead'' AS groups FROM staff');
SELECT refused(staff => 'SELECT inspector, 1.5 AS exclusion_group FROM staff');
SELECT refused(eligible => 'SELECT visit, inspector AS inspectors FROM pair');
SELECT refused(eligible => 'SELECT visit, inspector, 7.5 AS excluded FROM pair');
-- numbers beyond integers
SELECT refused(visits => 'SELECT visit, 3000000000 AS need FROM visit');
SELECT refused(staff => 'SELECT inspector, 3000000000 AS max_load FROM staff');
-- not one query that reads
SELECT refused(visits => 'DELETE FROM visit');
SELECT refused(staff => 'TABLE staff; TABLE staff');
SELECT refused(eligible => 'SELECT visit, inspector INTO pair2 FROM pair');
SELECT refused(eligible => '');
SELECT refused(eligible => 'TABLE nowhere');
-- null arguments
SELECT refusal(call) FROM unnest(ARRAY['SELECT * FROM assign_plan(NULL, ''TABLE staff'', ''TABLE pair'')', 'SELECT * FROM assign_plan(''TABLE visit'', NULL, ''TABLE pair'')',
                                       'SELECT * FROM assign_plan(''TABLE visit'', ''TABLE staff'', NULL)', 'SELECT * FROM assign_plan(''TABLE visit'', ''TABLE staff'', ''TABLE pair'', NULL)',
                                       'SELECT * FROM assign_draw(''TABLE visit'', ''TABLE staff'', ''TABLE pair'', NULL)', 'SELECT * FROM assign_draw(''TABLE visit'', ''TABLE staff'', ''TABLE pair'', ''seed'', label => NULL)',
                                       'SELECT * FROM assign_explain(''TABLE visit'', ''TABLE staff'', NULL)']) AS call;
-- labels
SELECT label, refusal(format('SELECT * FROM assign_draw(''TABLE visit'', ''TABLE staff'', ''TABLE pair'', ''seed'', label => %L)', label))
FROM unnest(ARRAY['', ' spring', E'spring\t2026', '春', 'district/spring']) AS label;

--
-- Ids
--
-- unknown ones, in rows and in arrays
SELECT refused(eligible => 'TABLE pair UNION ALL VALUES (''v3'', ''a'')');
SELECT refused(eligible => 'TABLE pair UNION ALL VALUES (''v1'', ''访'')');
SELECT refused(eligible => 'SELECT visit, ARRAY[''a'', ''c''] AS inspectors FROM visit');
SELECT refused(eligible => 'SELECT ''v3'' AS visit, ARRAY[''a'', ''b''] AS inspectors');
-- also where the pair is excluded
SELECT refused(eligible => 'SELECT visit, inspector, NULL AS excluded FROM pair UNION ALL VALUES (''v1'', ''c'', ''scope'')');
-- repeated ones
SELECT refused(visits => 'TABLE visit UNION ALL VALUES (''v2'', 7)');
SELECT refused(staff => 'TABLE staff UNION ALL TABLE staff');
SELECT refused(eligible => 'TABLE pair UNION ALL VALUES (''v2'', ''a'')');
SELECT refused(eligible => 'SELECT visit, ARRAY[''a'', ''b'', ''a''] AS inspectors FROM visit');
-- ids differ by their bytes: case and blanks matter
SELECT refused(visits => 'TABLE visit UNION ALL VALUES (''V2'', 1), (''v2 '', 1)', eligible => 'SELECT visit, inspector FROM (TABLE visit UNION ALL VALUES (''V2'', 1), (''v2 '', 1)) AS v, staff');
-- nulls and empty ones
SELECT refused(visits => 'SELECT NULL::text AS visit');
SELECT refused(visits => 'SELECT '''' AS visit');
SELECT refused(visits => 'SELECT visit, NULL::integer AS need FROM visit');
SELECT refused(staff => 'SELECT NULL::text AS inspector');
SELECT refused(staff => 'SELECT '''' AS inspector');
SELECT refused(staff => 'SELECT inspector, NULL::integer AS max_load FROM staff');
SELECT refused(staff => 'SELECT inspector, NULL::integer AS min_load FROM staff');
SELECT refused(staff => 'SELECT inspector, ARRAY[''lead'', NULL] AS groups FROM staff');
SELECT refused(eligible => 'SELECT NULL::text AS visit, inspector FROM staff');
SELECT refused(eligible => 'SELECT visit, NULL::text AS inspector FROM visit');
SELECT refused(eligible => 'SELECT visit, NULL::text[] AS inspectors FROM visit');
SELECT refused(eligible => 'SELECT visit, ARRAY[''a'', NULL] AS inspectors FROM visit');
SELECT refused(eligible => 'SELECT visit, inspector, ARRAY[NULL::text] AS groups FROM pair', options => '{"groups": {"lead": {}}}');
-- null groups and exclusion groups say that there are none
SELECT refused(visits => 'SELECT *, NULL::jsonb AS groups FROM visit', staff => 'SELECT *, NULL AS exclusion_group, NULL::text[] AS groups FROM staff', eligible => 'SELECT *, NULL::text[] AS groups, NULL AS excluded FROM pair');

--
-- Numbers
--
SELECT refused(visits => 'SELECT visit, 0 AS need FROM visit');
SELECT refused(visits => 'SELECT visit, -3 AS need FROM visit');
SELECT refused(staff => 'SELECT inspector, -1 AS max_load FROM staff');
SELECT refused(staff => 'SELECT inspector, -1 AS min_load FROM staff');
SELECT refused(staff => 'SELECT inspector, (-2147483648)::integer AS max_load FROM staff');
SELECT refused(staff => 'SELECT inspector, 2 AS min_load, 1 AS max_load FROM staff');
SELECT refused(staff => 'SELECT inspector, 1 AS min_load, 2147483647 AS max_load FROM staff');

--
-- Options
--
SELECT option, refused(options => option)
FROM unnest(ARRAY['[]', '7', 'null', '"range"', '{"evennes": 0}', '{"": 0}',
                  '{"balance": "even"}', '{"balance": null}', '{"balance": 1}',
                  '{"load_slack": -1}', '{"load_slack": 1.5}', '{"load_slack": "1"}', '{"load_slack": 1000001}', '{"load_slack": 99999999999999999999}', '{"load_slack": []}', '{"load_slack": true}',
                  '{"evenness": 1}', '{"evenness": "0.7"}', '{"evenness": {}}', '{"evenness": null}',
                  '{"max_pair_prob": 0}', '{"max_pair_prob": -0.5}', '{"max_pair_prob": 1.01}', '{"max_pair_prob": "0.5"}', '{"max_pair_prob": [1]}', '{"max_pair_prob": 0.0000001}',
                  '{"max_pair_prob": 0.0000001, "precision_bits": 24}', '{"max_pair_prob": 0.3, "precision_bits": 1}',
                  '{"min_pool": -1}', '{"min_pool": 1000001}', '{"max_edges": 0}', '{"max_edges": 1000000001}',
                  '{"precision_bits": 0}', '{"precision_bits": 25}', '{"precision_bits": 20.5}', '{"substitutes": -1}', '{"substitutes": "all"}']) AS option;
-- what is accepted
SELECT option, refused(options => option)
FROM unnest(ARRAY['{"balance": "cap", "load_slack": 0}', '{"evenness": 0}', '{"evenness": "0"}', '{"evenness": "1/2"}', '{"evenness": 0.5}', '{"evenness": "3/4"}', '{"evenness": 0.75}', '{"max_pair_prob": 1}', '{"max_pair_prob": 1.0}', '{"max_pair_prob": 0.5}',
                  '{"precision_bits": 1}', '{"precision_bits": 24}', '{"substitutes": 0}', '{"min_pool": 2}', '{"max_edges": 4}']) AS option;
-- limits on the pairs: their number, and how few a visit may have
SELECT refused(options => '{"max_edges": 3}');
SELECT refused(options => '{"min_pool": 3}');
SELECT refused(eligible => 'SELECT visit, inspector FROM pair WHERE (visit, inspector) <> (''v2'', ''a'')', options => '{"min_pool": 2}');
-- those that are excluded do not count
SELECT refused(eligible => 'SELECT visit, inspector, CASE WHEN inspector = ''a'' THEN ''recused'' END AS excluded FROM pair', options => '{"max_edges": 2}');
SELECT refused(eligible => 'SELECT visit, inspector, CASE WHEN inspector = ''a'' THEN ''recused'' END AS excluded FROM pair', options => '{"min_pool": 2}');

--
-- Groups
--
SELECT groups, refused(options => format('{"groups": %s}', groups))
FROM unnest(ARRAY['[]', '7', '{"lead": 1}', '{"lead": []}', '{"lead": null}', '{"lead": {"mim": 1}}', '{"lead": {"min": -1}}', '{"lead": {"min": "1"}}', '{"lead": {"max": 1.5}}', '{"lead": {"max": null}}', '{"lead": {"max": 3000000000}}',
                  '{"lead": {"min": 2, "max": 1}}', '{"Lead": {}}', '{"": {}}', '{"组长": {}}', '{"lottery": {}}']) AS groups;
SELECT groups, refused(visits => format('SELECT *, %L::jsonb AS groups FROM visit', groups)) FROM unnest(ARRAY['[]', '{"lead": {"min": -1}}', '{"lead": {"min": 2, "max": 1}}']) AS groups;
-- 32 names are possible, of options and visits together
SELECT refused(options => (SELECT json_build_object('groups', json_object_agg('group' || g, '{}'::json))::text FROM generate_series(1, 32) AS g)),
       refused(options => (SELECT json_build_object('groups', json_object_agg('group' || g, '{}'::json))::text FROM generate_series(1, 33) AS g));
SELECT refused(visits => 'SELECT *, ''{"group1": {}}''::jsonb AS groups FROM visit', options => (SELECT json_build_object('groups', json_object_agg('group' || g, '{}'::json))::text FROM generate_series(1, 32) AS g)),
       refused(visits => 'SELECT *, ''{"lead": {}}''::jsonb AS groups FROM visit', options => (SELECT json_build_object('groups', json_object_agg('group' || g, '{}'::json))::text FROM generate_series(1, 32) AS g));
-- two groups that cross: both are named, and who makes them cross
SELECT refused(visits => 'SELECT ''v1'' AS visit', staff => 'SELECT unnest(ARRAY[''a'', ''b'', ''c'']) AS inspector',
               eligible => 'SELECT * FROM (VALUES (''v1'', ''a'', ARRAY[''lead'', ''bureau'']), (''v1'', ''b'', ARRAY[''lead'']), (''v1'', ''c'', ARRAY[''bureau''])) AS v (visit, inspector, groups)',
               options => '{"groups": {"lead": {"min": 1}, "bureau": {"max": 1}}}');
-- an exclusion group can be one of them
SELECT refused(visits => 'SELECT ''v1'' AS visit', staff => 'SELECT * FROM (VALUES (''a'', ''家''), (''b'', NULL), (''c'', ''家'')) AS v (inspector, exclusion_group)',
               eligible => 'SELECT * FROM (VALUES (''v1'', ''a'', ARRAY[''lead'']), (''v1'', ''b'', ARRAY[''lead'']), (''v1'', ''c'', NULL)) AS v (visit, inspector, groups)',
               options => '{"groups": {"lead": {"min": 1}}}');
-- bounds that bind nothing cannot cross
SELECT refused(visits => 'SELECT ''v1'' AS visit', staff => 'SELECT unnest(ARRAY[''a'', ''b'', ''c'']) AS inspector',
               eligible => 'SELECT * FROM (VALUES (''v1'', ''a'', ARRAY[''lead'', ''bureau'']), (''v1'', ''b'', ARRAY[''lead'']), (''v1'', ''c'', ARRAY[''bureau''])) AS v (visit, inspector, groups)',
               options => '{"groups": {"lead": {"min": 1}, "bureau": {"max": 2}}}');

--
-- The largest probability of a pair: the hint says what is possible, and that is possible
--
CREATE TABLE chain_visit AS SELECT unnest('{v1,v2,v3,flexible}'::text[]) AS visit, 1 AS need;
CREATE TABLE chain_staff AS SELECT unnest('{a,b,c,d}'::text[]) AS inspector, 1 AS max_load;
CREATE TABLE chain AS SELECT * FROM (VALUES ('v1', 'a'), ('v1', 'b'), ('v2', 'b'), ('v2', 'c'), ('v3', 'c'), ('v3', 'd')) AS c (visit, inspector) UNION ALL SELECT 'flexible', inspector FROM chain_staff;
SELECT refused('TABLE chain_visit', 'TABLE chain_staff', 'TABLE chain', '{"max_pair_prob": 0.4}');
CREATE FUNCTION least_cap(visits text, staff text, eligible text, options jsonb) RETURNS numeric LANGUAGE sql AS
$$ SELECT substring(refused(visits, staff, eligible, (options || '{"max_pair_prob": 0.001}')::text) FROM 'possible here is ([0-9.]+);')::numeric $$;
-- one visit with three inspectors; one with four of whom one has been given a load of 0; a chain
SELECT bits, name, least_cap, refused(visits, staff, eligible, (options || jsonb_build_object('max_pair_prob', least_cap))::text) AS hint,
       left(refused(visits, staff, eligible, (options || jsonb_build_object('max_pair_prob', (floor(least_cap * 2 ^ bits::numeric) - 1) / 2 ^ bits::numeric))::text), 5) AS "a unit less"
FROM unnest('{10,20,24}'::int[]) AS bits,
     (VALUES ('one visit', 'SELECT ''v'' AS visit, 2 AS need', 'SELECT inspector, 9 AS max_load FROM chain_staff', 'SELECT ''v'' AS visit, inspector FROM chain_staff WHERE inspector <> ''d'''),
             ('less staff', 'SELECT ''v'' AS visit, 1 AS need', 'SELECT inspector, CASE inspector WHEN ''a'' THEN 0 ELSE 1 END AS max_load FROM chain_staff', 'SELECT ''v'' AS visit, inspector FROM chain_staff'),
             ('chain', 'TABLE chain_visit', 'TABLE chain_staff', 'TABLE chain')) AS q (name, visits, staff, eligible),
     LATERAL jsonb_build_object('precision_bits', bits) AS options,
     LATERAL least_cap(visits, staff, eligible, options) AS least_cap
ORDER BY bits, name;

--
-- No assignment
--
-- four visits, of which three can only be made by a and b, who may do one each
CREATE TABLE busy_visit AS SELECT 'v' || v AS visit, 1 AS need FROM generate_series(1, 4) AS v;
CREATE TABLE busy_staff AS SELECT * FROM (VALUES ('a', 1), ('b', 1), ('c', 2)) AS s (inspector, max_load);
CREATE TABLE busy AS SELECT visit, inspector FROM busy_visit, busy_staff WHERE inspector <> 'c' OR visit = 'v4';
SELECT refused('TABLE busy_visit', 'TABLE busy_staff', 'TABLE busy');
SELECT refusal('SELECT * FROM assign_draw(''TABLE busy_visit'', ''TABLE busy_staff'', ''TABLE busy'', ''seed'')') = refused('TABLE busy_visit', 'TABLE busy_staff', 'TABLE busy') AS "the draw says the same";
\pset tuples_only off
\pset format aligned
\x on
SELECT * FROM assign_explain('TABLE busy_visit', 'TABLE busy_staff', 'TABLE busy');
-- several bottlenecks, the largest shortage first: what one place asks for beyond what it has
SELECT * FROM assign_explain('TABLE busy_visit UNION ALL SELECT ''w'' || w, 3 FROM generate_series(1, 2) AS w', 'TABLE busy_staff UNION ALL VALUES (''x'', 9), (''y'', 1), (''z'', 0)',
                             'TABLE busy UNION ALL SELECT ''w'' || w, i FROM generate_series(1, 2) AS w, unnest(''{x,y,z}''::text[]) AS i');
-- why others cannot help: how many inspectors each reason keeps out, and what would be mended by lifting it; d is excluded
-- from one of the visits, e and f from two, f may do nothing; reasons of other visits do not count
SELECT * FROM assign_explain('TABLE busy_visit', 'TABLE busy_staff UNION ALL VALUES (''d'', 9), (''e'', 1), (''f'', 0)',
                             'SELECT *, NULL AS excluded FROM busy UNION ALL VALUES (''v1'', ''d'', ''recused''), (''v1'', ''e'', ''证件过期''), (''v2'', ''e'', ''证件过期''), (''v1'', ''f'', ''off_duty''), (''v2'', ''f'', ''off_duty''), (''v4'', ''d'', ''scope'')');
-- groups that a visit cannot have, whoever else is sent where
SELECT * FROM assign_explain('SELECT visit, 2 AS need FROM visit', 'SELECT *, CASE inspector WHEN ''a'' THEN ARRAY[''lead''] END AS groups FROM staff', 'TABLE pair', '{"groups": {"lead": {"min": 2}}}');
SELECT * FROM assign_explain('SELECT visit, 2 AS need FROM visit', 'SELECT *, ''one family'' AS exclusion_group FROM staff', 'TABLE pair');
-- groups as part of a bottleneck: two visits need a lead each, and the only lead may go once
SELECT * FROM assign_explain('SELECT visit, 2 AS need FROM visit', 'SELECT inspector, CASE inspector WHEN ''a'' THEN 1 ELSE 9 END AS max_load, CASE inspector WHEN ''a'' THEN ARRAY[''lead''] END AS groups FROM (TABLE staff UNION ALL VALUES (''c'')) AS s',
                             'SELECT visit, inspector FROM visit, (TABLE staff UNION ALL VALUES (''c'')) AS s', '{"groups": {"lead": {"min": 1}}}');
-- least loads that cannot be met
SELECT * FROM assign_explain('TABLE visit', 'SELECT inspector, CASE inspector WHEN ''a'' THEN 2 ELSE 1 END AS min_load FROM staff', 'TABLE pair');
SELECT * FROM assign_explain('TABLE visit', 'SELECT inspector, CASE inspector WHEN ''a'' THEN 3 ELSE 0 END AS min_load FROM staff', 'TABLE pair');
\x off
\pset tuples_only on
\pset format unaligned
-- errors of the same: the first bottleneck, and how much is missing in all
SELECT refused('SELECT visit, 2 AS need FROM visit', 'SELECT *, CASE inspector WHEN ''a'' THEN ARRAY[''lead''] END AS groups FROM staff', 'TABLE pair', '{"groups": {"lead": {"min": 2}}}');
SELECT refused('TABLE visit', 'SELECT inspector, CASE inspector WHEN ''a'' THEN 2 ELSE 1 END AS min_load FROM staff', 'TABLE pair');
-- a visit for which nobody is eligible; one that needs more than there are; a group of which there is nobody
SELECT refused(eligible => 'SELECT visit, inspector FROM pair WHERE visit <> ''v2''');
SELECT refused(visits => 'SELECT visit, 3 AS need FROM visit');
SELECT refused(visits => 'SELECT visit, 2147483647 AS need FROM visit');
SELECT refused(options => '{"groups": {"lead": {"min": 1}}}');
SELECT refused(options => '{"groups": {"lead": {"min": 2147483647}}}');
-- everybody excluded
SELECT refused(eligible => 'SELECT visit, inspector, ''recused'' AS excluded FROM pair');
-- where there is an assignment there is nothing to explain
SELECT count(*) FROM assign_explain('TABLE visit', 'TABLE staff', 'TABLE pair');

--
-- The certificate: shortage = needed - capacity - elsewhere, three sums that everybody can take
--
-- forty visits in four districts of ten inspectors, one of them short; the eligible inspectors of other districts do one visit each
CREATE TABLE town_visit AS SELECT 'v' || to_char(v, 'FM00') AS visit, v % 4 AS district, CASE WHEN v % 4 = 2 THEN 3 ELSE 2 END AS need FROM generate_series(1, 40) AS v;
CREATE TABLE town_staff AS SELECT 'i' || to_char(i, 'FM00') AS inspector, i % 4 AS district, CASE WHEN i % 4 = 2 THEN 1 + i % 3 ELSE 3 END AS max_load FROM generate_series(1, 40) AS i;
CREATE TABLE town AS SELECT visit, inspector FROM town_visit AS v, town_staff AS s WHERE v.district = s.district OR (v.district = 2 AND s.inspector IN ('i01', 'i03') AND v.visit < 'v20');
CREATE TABLE found AS SELECT * FROM assign_explain('SELECT visit, need FROM town_visit', 'SELECT inspector, max_load FROM town_staff', 'TABLE town');
SELECT kind, shortage, needed, capacity, elsewhere, cardinality(visit_ids) AS visits, cardinality(inspector_ids) AS inspectors FROM found;
SELECT needed = (SELECT sum(need) FROM town_visit WHERE visit = ANY (visit_ids)) AS needed,
       capacity = (SELECT sum(max_load) FROM town_staff WHERE inspector = ANY (inspector_ids)) AS capacity,
       elsewhere = (SELECT count(*) FROM town WHERE visit = ANY (visit_ids) AND inspector <> ALL (inspector_ids)) AS elsewhere,
       shortage = needed - capacity - elsewhere AS shortage
FROM found;
-- with what is missing added to the capacity there is an assignment, with one less there is none
SELECT more, refused('SELECT visit, need FROM town_visit', format('SELECT inspector, max_load + CASE WHEN inspector = (SELECT inspector_ids[1] FROM found) THEN %s ELSE 0 END AS max_load FROM town_staff', more), 'TABLE town') LIKE 'ZF001%' AS refused
FROM found, unnest(ARRAY[shortage - 1, shortage]) AS more;
-- the same for least loads: what must be done, what the visits need, and what others could be sent to
CREATE TABLE idle AS SELECT * FROM assign_explain('TABLE busy_visit', 'SELECT inspector, 4 AS max_load, CASE inspector WHEN ''c'' THEN 2 ELSE 0 END AS min_load FROM busy_staff', 'TABLE busy');
SELECT kind, shortage, needed, capacity, elsewhere, visit_ids, inspector_ids FROM idle;
SELECT shortage = needed - capacity - elsewhere AS shortage, needed = 2 AS needed,
       capacity = (SELECT coalesce(sum(need), 0) FROM busy_visit WHERE visit = ANY (visit_ids)) AS capacity,
       elsewhere = (SELECT count(*) FROM busy WHERE inspector = ANY (inspector_ids) AND visit <> ALL (visit_ids)) AS elsewhere
FROM idle;
