# An estimate is the same to the last bit whatever way the rows come: in any
# order, to parallel workers, from partitions, from other servers, as states.
use strict;
use warnings;
use FairdrawNode;
use Test::More;

my $node = FairdrawNode->new('parallel');
$node->append_conf('postgresql.conf', <<'E');
max_worker_processes = 16
max_parallel_workers = 16
E
$node->start;
my @remote = map { FairdrawNode->start("remote_$_") } (1, 2);

# Values of very different size, so that a sum of floating point shows in which
# order it was made.
my $units = <<'E';
	SELECT i, (h & 1)::integer AS problem, ((h >> 1 & 1023) - 500) * (10::double precision) ^ (h >> 11 & 15) / 7 AS y,
		(1 + (h >> 15 & 255)) / 3.0::double precision AS x,
		CASE WHEN h >> 23 & 63 = 0 THEN 1 ELSE (1 + (h >> 29 & 4095)) / 5000.0::double precision END AS probability,
		's' || (h >> 41 & 7) AS stratum, (ARRAY['food', '电梯', 'drugs'])[1 + (h >> 44 & 255) % 3] AS domain, (1 + i % 2)::integer AS part
	FROM generate_series(1, 40000) AS i, LATERAL (SELECT hashint8extended(i, 0) & 9007199254740991 AS h) AS hash
E
$node->safe_psql('postgres', <<"E");
CREATE EXTENSION fairdraw;
CREATE EXTENSION postgres_fdw;
CREATE TABLE sample AS $units;
CREATE TABLE backwards AS TABLE sample ORDER BY i DESC;
SELECT setseed(0.5);
CREATE TABLE shuffled AS TABLE sample ORDER BY random();
CREATE TABLE by_value AS TABLE sample ORDER BY y;
CREATE TABLE parted (LIKE sample) PARTITION BY LIST (part);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES IN (2);
INSERT INTO parted TABLE shuffled;
CREATE TABLE elsewhere (LIKE sample) PARTITION BY LIST (part);
E
for my $i (1, 2)
{
	my $server = $remote[ $i - 1 ];
	$server->safe_psql('postgres', "CREATE EXTENSION fairdraw; CREATE TABLE sample AS SELECT * FROM ($units) AS u WHERE part = $i; ANALYZE");
	my ($host, $port) = ($server->host, $server->port);
	$node->safe_psql('postgres', <<"E");
CREATE SERVER remote_$i FOREIGN DATA WRAPPER postgres_fdw
	OPTIONS (host '$host', port '$port', dbname 'postgres', extensions 'fairdraw');
CREATE USER MAPPING FOR CURRENT_USER SERVER remote_$i;
CREATE FOREIGN TABLE elsewhere_$i PARTITION OF elsewhere FOR VALUES IN ($i)
	SERVER remote_$i OPTIONS (schema_name 'public', table_name 'sample');
E
}
# without statistics the planner takes it for granted that a foreign table is small
$node->safe_psql('postgres', 'ANALYZE; ANALYZE elsewhere');

my $serial = 'SET max_parallel_workers_per_gather = 0;';
my $parallel = <<'E';
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
E
# auto_explain tells the plan of the query within, and how it went
my $explain = <<'E';
LOAD 'auto_explain';
SET auto_explain.log_min_duration = 0;
SET auto_explain.log_nested_statements = on;
SET auto_explain.log_analyze = on;
SET auto_explain.log_timing = off;
SET auto_explain.log_verbose = on;
SET auto_explain.log_level = notice;
E

# rows and plans of a statement
sub run_after
{
	my ($settings, $statement) = @_;
	my ($status, $rows, $plans) = $node->psql('postgres', "$settings $explain $statement");
	is($status, 0, 'no error: ' . substr($statement, 0, 60)) or diag($plans);
	return ($rows, $plans);
}
sub rows_after { return (run_after(@_))[0] }

# all bits of what estimate() and estimate_rows() return
sub bits
{
	my ($from) = @_;
	return "SELECT domain, n, float8send(estimate), float8send(se), float8send(low), float8send(high), float8send(df), method FROM $from";
}

# the data can tell: an ordinary sum differs
my $ordinary = 'SELECT float8send(sum(y / probability)) FROM';
isnt($node->safe_psql('postgres', "$serial $ordinary backwards"), $node->safe_psql('postgres', "$serial $ordinary sample"),
	'an ordinary sum of these values depends on their order');

my %columns = (
	total => 'y, probability, stratum, domain',
	mean => 'y, probability, stratum, domain',
	rate => 'problem AS y, probability, stratum, domain',
	ratio => 'y, x, probability, stratum, domain');
for my $what (sort keys %columns)
{
	my $estimate = sub { return bits("fairdraw.estimate('SELECT $columns{$what} FROM $_[0]', '$what')") };
	my ($expected, $plans) = run_after($serial, $estimate->('sample'));
	my $rows;
	is(scalar(() = "$expected\n" =~ /\n/g), 4, "$what: three domains and the whole");
	unlike($plans, qr/Gather/, "$what: without workers there are none");

	($rows, $plans) = run_after($parallel, $estimate->('sample'));
	like($plans, qr/Finalize Aggregate.*Gather.*Workers Launched: [12]\n.*Partial Aggregate.*Parallel Seq Scan on public\.sample/s,
		"$what: workers aggregate parts of the sample");
	is($rows, $expected, "$what: with workers the rows are the same");

	is(rows_after($serial, $estimate->($_)), $expected, "$what: the rows are the same, $_") for qw(backwards shuffled by_value parted);
	is(rows_after($parallel, $estimate->($_)), $expected, "$what: ... $_, with workers") for qw(shuffled parted);
	is(rows_after($serial, $estimate->('elsewhere')), $expected, "$what: the rows are the same, from other servers");

	# the aggregates by hand
	my ($y, $x) = ($what eq 'rate' ? 'problem' : 'y', $what eq 'ratio' ? 'x' : 'NULL');
	my $state = "fairdraw.estimate_sample($y, $x, probability, stratum, domain, NULL, NULL, '$what') AS s";
	my $merged = "SELECT fairdraw.estimate_merge(s) FROM (SELECT $state FROM %s GROUP BY %s) AS p";
	my $by_hand = sub { return bits('fairdraw.estimate_rows((' . sprintf($merged, @_) . "), 0.95, '{}')") };
	is(rows_after($serial, $by_hand->('sample', 'part')), $expected, "$what: the states of two parts");
	is(rows_after($serial, $by_hand->('shuffled', 'i % 1000')), $expected, "$what: the states of a thousand parts");
	is(rows_after($serial, $by_hand->('sample', 'domain')), $expected, "$what: a state a domain");
	($rows, $plans) = run_after("$serial SET enable_partitionwise_aggregate = on;", $by_hand->('elsewhere', 'part'));
	is(scalar(() = $plans =~ /Remote SQL: SELECT [^\n]*fairdraw\.estimate_sample\(/g), 2, "$what: every server aggregates its own");
	is($rows, $expected, "$what: the states of two servers");

	# states themselves, and on their way as text
	my $digest = sub { return $node->safe_psql('postgres', "$serial SELECT md5(s::text) FROM ($_[0]) AS t (s)") };
	my $whole = $digest->("SELECT $state FROM sample");
	is($digest->("SELECT $state FROM by_value"), $whole, "$what: the state is the same, byte for byte, in another order");
	is($digest->(sprintf $merged, 'shuffled', 'i % 7'), $whole, "$what: ... and merged from seven parts");
	is($digest->("SELECT s::text::fairdraw.estimate_state FROM (SELECT $state FROM sample) AS u"), $whole, "$what: ... and written and read");
	my $kept = "SELECT fairdraw.estimate_merge(s::text::fairdraw.estimate_state) FROM (SELECT $state FROM sample GROUP BY part) AS p";
	is(rows_after($serial, bits("fairdraw.estimate_rows(($kept), 0.95, '{}')")), $expected, "$what: from states that were kept as text");
}

done_testing();
