# The query inside draw() is given parallel workers, and the rows are the same.
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
$node->safe_psql('postgres', <<'E');
CREATE EXTENSION fairdraw;
CREATE TABLE firm AS
    SELECT 'firm-' || i AS uid, 's' || i % 5 AS stratum, (1 + i % 9)::numeric AS weight, i % 3 AS part FROM generate_series(1, 50000) AS i;
CREATE TABLE parted (LIKE firm) PARTITION BY LIST (part);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES IN (0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES IN (2);
INSERT INTO parted TABLE firm;
ANALYZE;
E

my $serial = 'SET max_parallel_workers_per_gather = 0;';
my $parallel = <<'E';
SET max_parallel_workers_per_gather = 3;
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

for my $method (qw(pareto pivotal auto poisson))
{
	my $draw = "SELECT * FROM fairdraw.draw('SELECT uid, stratum, weight FROM firm', '40', 'seed', 'draw', '$method')";
	my ($rows, $plans) = run_after($parallel, $draw);
	like($plans, qr/Finalize Aggregate.*Gather.*Workers Launched: [123]\n.*Partial Aggregate.*Parallel Seq Scan on firm/s,
		"$method: workers aggregate parts of the frame");
	my ($serial_rows, $serial_plans) = run_after($serial, $draw);
	unlike($serial_plans, qr/Gather/, "$method: without workers there are none");
	is($rows, $serial_rows, "$method: the rows are the same");
}

# a second pass
my $draw = q{SELECT * FROM fairdraw.draw('SELECT uid, weight FROM firm', '{"all": {"n": 100, "reserve": 20000}}', 'seed', 'draw', 'pareto')};
my ($rows, $plans) = run_after($parallel, $draw);
is(scalar(() = $plans =~ /Workers Launched: [123]\n/g), 2, 'workers read the frame in both passes');
is($rows, (run_after($serial, $draw))[0], 'two passes: the rows are the same');

# however the rows of the draw are used
for my $use (
	'CREATE TEMP TABLE t AS %s',
	'CREATE TEMP TABLE t (uid text); INSERT INTO t SELECT uid FROM (%s) AS d',
	'DO $$ DECLARE d record; BEGIN FOR d IN %s LOOP NULL; END LOOP; END $$',
	'BEGIN; DECLARE c CURSOR FOR %s; FETCH 1 FROM c; COMMIT')
{
	my $statement = sprintf $use, q{SELECT * FROM fairdraw.draw('SELECT uid, stratum, weight FROM firm', '40', 'seed')};
	like((run_after($parallel, $statement))[1], qr/Workers Launched: [123]\n/, 'workers: ' . substr($statement, 0, 30));
}

# partitions by a column "part"
my $parted = q{SELECT * FROM fairdraw.draw('TABLE parted', '40', 'seed')};
my $whole = (run_after($serial, q{SELECT * FROM fairdraw.draw('SELECT uid, stratum, weight FROM firm', '40', 'seed')}))[0];
($rows, $plans) = run_after($serial, $parted);
is(scalar(() = $plans =~ /Aggregate [^\n]*\n(?:(?![^\n]*Aggregate )[^\n]*\n)*?[^\n]*Seq Scan on parted_\d/g), 3,
	'each partition is aggregated by itself');
is($rows, $whole, 'partitions: the rows are the same');
is((run_after($parallel, $parted))[0], $whole, 'partitions with workers: the rows are the same');

done_testing();
