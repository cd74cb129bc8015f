# coverage() against a second reading of its definitions, on random checks with
# any columns, serially and with workers; and the plans of what it runs.
use strict;
use warnings;
use FairdrawNode;
use Test::More;

my $seed = $ENV{FAIRDRAW_SEED} || 1;
my $folder = $PostgreSQL::Test::Utils::tmp_check;
note("FAIRDRAW_SEED=$seed");

my $node = FairdrawNode->new('coverage');
$node->append_conf('postgresql.conf', <<'E');
timezone = UTC
max_worker_processes = 16
max_parallel_workers = 16
E
$node->start;
$node->safe_psql('postgres', q{CREATE EXTENSION fairdraw; SELECT fairdraw.setup('coverage')});

# figures of random checks
my $today = $node->safe_psql('postgres', 'SELECT current_date');
PostgreSQL::Test::Utils::append_to_file("$folder/workdays",
	$node->safe_psql('postgres', q{SELECT d::date FROM generate_series('2024-06-01'::timestamp, '2026-12-31', '1 day') d WHERE fairdraw.is_workday(d::date)}));
is(system("PYTHONDONTWRITEBYTECODE=1 python3 test/data/coverage.py $seed $today $folder/workdays >$folder/coverage.sql"), 0, 'random checks are counted');
my ($status, $out, $err) = $node->psql('postgres', '', extra_params => [ '-f', "$folder/coverage.sql" ]);
is($err, '', 'coverage() counts them, too');
my %seen;
my $compared = 0;
for my $line (split /\n/, $out)
{
	my ($case, $way, $figures, $indicators, $different) = split /\t/, $line, -1;
	next unless defined $different;
	is($different, 'none', "$case, $way: $figures figures alike");
	$seen{$_}++ for split / /, $indicators;
	$compared++;
}
is($compared, 120, 'all cases were compared');
cmp_ok($seen{$_} // 0, '>', 20, "enough cases where the numerator of $_ is between 0 and the denominator")
  for qw(enterprises_drawn items_covered joint risk_used published_in_time problems_dealt_with random_share mobile completed);

# workers count a large table, without the column publish_due, too
$node->safe_psql('postgres', q{
	CREATE TABLE checks AS
		SELECT i / 10 AS visit, i / 10 % 900 AS uid, 'g' || i / 10 % 3 AS grp, 'i' || i % 40 AS item, date '2026-01-05' + i / 10 % 90 AS done_on,
			i / 10 % 3 = 0 AS random, i % 7 > 0 AS mobile, date '2026-01-30' + i % 120 AS published_on
		FROM generate_series(1, 60000) i;
	ANALYZE checks});
my $explain = q{LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on;
	SET auto_explain.log_analyze = on; SET auto_explain.log_timing = off; SET auto_explain.log_level = notice;
	SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET jit = off;};
my $call = q{SELECT * FROM fairdraw.coverage('TABLE checks', 'SELECT ''g'' || i AS grp, 4000 AS enterprises, 40 AS items FROM generate_series(0, 2) i', '[2026-01-01,2026-06-30]')};
my (undef, $rows, $plans) = $node->psql('postgres', "$explain SET max_parallel_workers_per_gather = 3; $call");
my (undef, $serial_rows, $serial_plans) = $node->psql('postgres', "$explain SET max_parallel_workers_per_gather = 0; $call");
is($rows, $serial_rows, 'with workers the figures are the same');
like($rows, qr/^g0\|published_in_time\|\d+\|20000\|/m, 'also of results whose deadline is computed');
like($plans, qr/Query Text: SELECT u\.grp.*?Workers Launched: [123]\n.*?Query Text: SELECT r\.grp.*?Workers Launched: [123]\n/s, 'workers count visits, and rows');
unlike($serial_plans, qr/Gather/, 'without workers there are none');

$node->stop;
done_testing();
