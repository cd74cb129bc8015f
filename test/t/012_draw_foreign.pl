# A frame whose partitions lie on other servers: each server aggregates its own,
# and the rows are those of one server that has everything.
use strict;
use warnings;
use FairdrawNode;
use Test::More;

my $node = FairdrawNode->start('local');
my @remote = map { FairdrawNode->start("remote_$_") } (1, 2);

my $firms = <<'E';
    SELECT 'firm-' || i AS uid, (ARRAY['food', '电梯'])[1 + i % 2] AS stratum,
           (1 + i % 9 + CASE WHEN i % 500 = 0 THEN 5000 ELSE 0 END)::numeric AS weight, 1 + i / 2 % 2 AS part
    FROM generate_series(1, 5000) AS i
E
$node->safe_psql('postgres', <<"E");
CREATE EXTENSION fairdraw;
CREATE EXTENSION postgres_fdw;
CREATE TABLE firm AS $firms;
CREATE TABLE elsewhere (uid text, stratum text, weight numeric, part integer) PARTITION BY LIST (part);
E
for my $i (1, 2)
{
	my $server = $remote[ $i - 1 ];
	$server->safe_psql('postgres', <<"E");
CREATE EXTENSION fairdraw;
CREATE TABLE firm AS SELECT * FROM ($firms) AS f WHERE part = $i;
ANALYZE;
E
	my ($host, $port) = ($server->host, $server->port);
	$node->safe_psql('postgres', <<"E");
CREATE SERVER remote_$i FOREIGN DATA WRAPPER postgres_fdw
    OPTIONS (host '$host', port '$port', dbname 'postgres', extensions 'fairdraw');
CREATE USER MAPPING FOR CURRENT_USER SERVER remote_$i;
CREATE FOREIGN TABLE elsewhere_$i PARTITION OF elsewhere FOR VALUES IN ($i)
    SERVER remote_$i OPTIONS (schema_name 'public', table_name 'firm');
E
}

# without statistics the planner takes it for granted that a foreign table is small
$node->safe_psql('postgres', 'ANALYZE elsewhere');

# the plans of the queries within
my $explain = <<'E';
LOAD 'auto_explain';
SET auto_explain.log_min_duration = 0;
SET auto_explain.log_nested_statements = on;
SET auto_explain.log_verbose = on;
SET auto_explain.log_level = notice;
E
my $large_reserve = '{"food": {"n": 30, "reserve": 1000}, "电梯": 5}';
for my $case ([ 'pareto', '40', 1 ], [ 'pivotal', '40', 1 ], [ 'auto', '40', 1 ], [ 'poisson', '40', 1 ],
	[ 'pareto', $large_reserve, 2 ])
{
	my ($method, $sizes, $passes) = @$case;
	my $call = "SELECT * FROM fairdraw.draw('%s', '$sizes', 'seed', 'draw', '$method')";
	my $expected = $node->safe_psql('postgres', sprintf $call, 'SELECT uid, stratum, weight FROM firm');
	my ($status, $rows, $plans) = $node->psql('postgres', $explain . sprintf $call, 'TABLE elsewhere');
	my $name = "$method in $passes pass" . ($passes == 1 ? '' : 'es');
	is($status, 0, "$name: the frame is drawn from") or diag($plans);
	is($rows, $expected, "$name: the rows are those of one server");
	is(scalar(() = $plans =~ /Remote SQL: SELECT [^\n]*fairdraw\.draw_sample\(uid, stratum, weight, /g),
		2 * $passes, "$name: every server aggregates its own");
	unlike($plans, qr/Remote SQL: SELECT uid, stratum, weight/, "$name: no server sends its units");
}

# without the column "part" the units travel, and the rows are the same
my ($status, $rows, $plans) = $node->psql('postgres',
	"$explain SELECT * FROM fairdraw.draw('SELECT uid, stratum, weight FROM elsewhere', '40', 'seed')");
like($plans, qr/Remote SQL: SELECT uid, stratum, weight FROM public\.firm/, 'without "part" the units travel');
is( $rows,
	$node->safe_psql('postgres', q{SELECT * FROM fairdraw.draw('SELECT uid, stratum, weight FROM firm', '40', 'seed')}),
	'and the rows are the same');

# the states that the servers make
my $state = q{fairdraw.draw_sample(uid, stratum, weight, fairdraw.draw_design('40', 'seed')) AS s};
is( $node->safe_psql('postgres', "SET enable_partitionwise_aggregate = on; SELECT fairdraw.draw_merge(s) FROM (SELECT $state FROM elsewhere GROUP BY part) AS p"),
	$node->safe_psql('postgres', "SELECT $state FROM firm"),
	'the state is the same, byte for byte');

# what is wrong on a server is an error here
$remote[1]->safe_psql('postgres', q{UPDATE firm SET weight = 0 WHERE uid = 'firm-10'});
my $err;
($status, $rows, $err) = $node->psql('postgres', q{SELECT * FROM fairdraw.draw('TABLE elsewhere', '40', 'seed')});
like($err, qr/ERROR:  invalid weight of uid "firm-10": 0\n.*DETAIL:  A weight is greater than 0\./s, 'the error of a server arrives');

done_testing();
