# inclusion_probabilities() against exact probabilities of small designs, and
# against the formula in fractions on random frames.
use strict;
use warnings;
use FairdrawNode;
use Test::More;

my $script = "$PostgreSQL::Test::Utils::tmp_check/inclusion.sql";
is(system("PYTHONDONTWRITEBYTECODE=1 python3 test/data/inclusion.py >$script"),
	0, 'the designs are made');

my $node = FairdrawNode->new('inclusion');
$node->append_conf('postgresql.conf', <<'E');
max_worker_processes = 16
max_parallel_workers = 16
E
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION fairdraw');
my ($status, $out, $err) =
  $node->psql('postgres', '', extra_params => [ '-f', $script ]);
is($err, '', 'their probabilities are found without an error');

my %claim = (
	'within the limit' => 'units of small designs: the error is at most 0.15/d^4',
	'better than nominal' => 'small designs: the largest error is smaller than with nominal probabilities',
	'sums' => 'strata: the probabilities add up to n');
my $claims = 0;
for my $line (split /\n/, $out)
{
	my ($kind, $rows, $faults) = split /\t/, $line;
	$claims++;
	cmp_ok($rows, '>=', 18, "there are some: $kind");
	is($faults, 0, "$rows " . ($claim{$kind} // "units are those of the formula: $kind"));
}
is($claims, 8, 'nothing was left out');

# one frame in several orders, with workers, in partitions
$node->safe_psql('postgres', <<'E');
CREATE TABLE firm AS
    SELECT 'firm-' || i AS uid, 's' || i % 3 AS stratum, (1 + i * i % 997)::numeric AS weight, i % 3 AS part FROM generate_series(1, 40000) AS i;
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
my $explain = <<'E';
LOAD 'auto_explain';
SET auto_explain.log_min_duration = 0;
SET auto_explain.log_nested_statements = on;
SET auto_explain.log_analyze = on;
SET auto_explain.log_timing = off;
SET auto_explain.log_level = notice;
E

# a hash of all rows, to the last bit, in the order of the uids; and the plans
sub digest_after
{
	my ($settings, $frame) = @_;
	my ($status, $digest, $plans) = $node->psql('postgres', "$settings $explain"
		  . q{SELECT count(*), sum(probability) BETWEEN 179.9999 AND 180.0001,
		             md5(string_agg(p::text, ',' ORDER BY uid))
		      FROM fairdraw.inclusion_probabilities(} . "\$\$$frame\$\$, '60', 'pareto') AS p");
	is($status, 0, "no error: $frame") or diag($plans);
	return ($digest, $plans);
}

my $frame = 'SELECT uid, stratum, weight FROM firm';
my ($digest, $plans) = digest_after($serial, $frame);
like($digest, qr/^40000\|t\|/, 'all units, 60 of each stratum');
unlike($plans, qr/Gather/, 'without workers there are none');
for my $order ('weight', 'md5(uid)', 'stratum DESC, uid')
{
	is((digest_after($serial, "$frame ORDER BY $order"))[0], $digest, "by $order: the same");
}
my ($with_workers, $worker_plans) = digest_after($parallel, $frame);
like($worker_plans, qr/Finalize Aggregate.*Workers Launched: [123]\n.*Partial Aggregate/s,
	'workers aggregate parts of the frame');
is($with_workers, $digest, 'workers: the same');
is((digest_after($serial, 'TABLE parted'))[0], $digest, 'partitions: the same');
is((digest_after($parallel, 'TABLE parted'))[0], $digest, 'partitions with workers: the same');
is((digest_after("$serial SET work_mem = '64kB';", $frame))[0], $digest, 'units that do not fit into memory: the same');

done_testing();
