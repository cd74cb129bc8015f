# The calendar and the rules on deadlines: against the published schedules of
# eight years, after dump and restore, on a standby and a logical replica, in
# other encodings, in parallel workers, and under every kind of snapshot.
use strict;
use warnings;

use FairdrawNode;
use PostgreSQL::Test::Utils;
use Test::More;

# every client speaks UTF8, whatever the server's encoding is
$ENV{PGCLIENTENCODING} = 'UTF8';

my $folder = PostgreSQL::Test::Utils::tempdir;
my $node = FairdrawNode->new('primary', '--auth=trust');
$node->append_conf('postgresql.conf', qq{
	wal_level = logical
	max_wal_senders = 6
	max_replication_slots = 6
	max_worker_processes = 16
	max_parallel_workers = 16
	max_prepared_transactions = 2
});
$node->start;

sub sql { return $node->safe_psql('postgres', $_[0]) }

# a schedule with one more day off
sub take_off
{
	my ($day) = @_;
	return sprintf q{SELECT fairdraw.load_calendar(%d, 'SELECT day, kind FROM fairdraw_data.calendar_day WHERE year = %1$d UNION ALL SELECT ''%s'', ''off''', '订正');},
	  substr($day, 0, 4), $day;
}

# what the functions answer for every day of some years
my $answers = q{SELECT md5(string_agg(concat_ws(' ', day, fairdraw.is_workday(day), fairdraw.next_workday(day), fairdraw.add_workdays(day, 20), fairdraw.add_workdays(day, -20),
		fairdraw.workdays_between(day, '2023-06-01'), fairdraw.deadline('result_entry', day), fairdraw.deadline('monthly_tasks', day)), E'\n' ORDER BY day))
	FROM generate_series(timestamp '2023-01-01', '2026-06-30', '1 day') d, LATERAL (SELECT d::date AS day) AS each_day};
my $wednesday = q{SELECT fairdraw.is_workday('2026-05-06')};

sql(q{
	CREATE EXTENSION fairdraw;
	SELECT fairdraw.setup('某局')});

#
# The schedules as the notices of the State Council say
#

my $file = ($ENV{FAIRDRAW_SHARED} || '') . '/data/cn_calendar.csv';
SKIP:
{
	skip 'FAIRDRAW_SHARED is not set: no folder with the published schedules', 3 unless $ENV{FAIRDRAW_SHARED};
	skip "the published schedules are missing: $file", 3 unless -r $file;
	sql(qq{
		CREATE TABLE published (day date PRIMARY KEY, kind text);
		\\copy published FROM '$file' CSV HEADER
	});
	is(sql('SELECT count(*), min(extract(year FROM day)), max(extract(year FROM day)) FROM published'), '282|2019|2026', '282 days of 2019 to 2026 are published');
	is(sql('(TABLE published EXCEPT SELECT day, kind FROM fairdraw_data.calendar_day) UNION ALL (SELECT day, kind FROM fairdraw_data.calendar_day EXCEPT TABLE published)'), '',
		'they are the days that setup() ships');
	is(sql(q{SELECT count(*), count(*) FILTER (WHERE fairdraw.is_workday(d::date) = CASE p.kind WHEN 'off' THEN false WHEN 'work' THEN true ELSE extract(isodow FROM d) < 6 END)
		FROM generate_series(timestamp '2019-01-01', '2026-12-31', '1 day') d LEFT JOIN published p ON p.day = d}), '2922|2922', 'and every day is a working day, or none, as they say');
}

#
# Snapshots
#

# one that another session handed over is older than what this session knows
my ($old, $session) = map { $node->background_psql('postgres') } 1 .. 2;
my $snapshot = $old->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT pg_export_snapshot()');
sql(take_off('2026-05-06'));
is($session->query_safe($wednesday), 'f', 'an open session sees a change') for 1 .. 2;
is($session->query_safe("BEGIN ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT '$snapshot'; $wednesday"), 't', 'under a snapshot of before it sees what was there');
$session->query_safe('COMMIT');
is($session->query_safe($wednesday), 'f', 'and the change again after it');
is($old->query_safe($wednesday), 't', 'the session that handed it over keeps to it, too');
$old->query_safe('COMMIT');
is($old->query_safe($wednesday), 'f', 'until its transaction ends');

# a change is not there before it is committed, by whomever
$old->query_safe(q{BEGIN; DELETE FROM fairdraw_data.calendar_day WHERE day = '2026-05-06'});
is($old->query_safe($wednesday), 't', 'a session sees what it changed');
$old->query_safe(q{PREPARE TRANSACTION 'back'});
is($_->query_safe($wednesday), 'f', 'but not once the transaction is prepared') for $old, $session;
sql(q{COMMIT PREPARED 'back'});
is($_->query_safe($wednesday), 't', 'and again when another session has committed it') for $old, $session;
$_->quit for $old, $session;

#
# Parallel workers
#

sql(q{CREATE TABLE task AS SELECT date '2023-01-01' + i % 1200 AS started FROM generate_series(1, 20000) i; ANALYZE task});
my $sums = q{SELECT count(*) FILTER (WHERE fairdraw.is_workday(started)), sum(fairdraw.add_workdays(started, 20) - date '2023-01-01'), sum(fairdraw.deadline('monthly_tasks', started) - date '2023-01-01') FROM task};
my $parallel = q{SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;};
my $serial = 'SET max_parallel_workers_per_gather = 0;';
my $change = 'BEGIN; ' . take_off('2024-09-10') . q{ UPDATE fairdraw_data.deadline_rule SET length = 10 WHERE rule = 'monthly-tasks';};
like(sql("$parallel $change EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) $sums; ROLLBACK"), qr/Workers Launched: 2\n.*Partial Aggregate/s, 'workers are at work in a transaction that changed the calendar');
my $changed = sql("$serial $change $sums; ROLLBACK");
is(sql("$parallel $change $sums; ROLLBACK"), $changed, 'they count by what it changed');
isnt($changed, sql("$serial $change ROLLBACK; $sums") =~ s/^.*\n//r, 'which is another sum than before');
is(sql("$parallel $sums"), sql("$serial $sums"), 'without a change they count as one process does');

#
# Dump and restore: a calendar and rules that are not as shipped
#

sql(take_off('2026-05-06'));
sql(q{
	DELETE FROM fairdraw_data.calendar_year WHERE year = 2019;
	SELECT fairdraw.load_calendar(2027, 'SELECT date ''2027-01-01'' AS day, date ''2027-01-03'' AS until, ''off'' AS kind', '虚构');
	UPDATE fairdraw_data.deadline_rule SET in_force = NOT in_force WHERE event = 'result_entry';
	DELETE FROM fairdraw_data.deadline_rule WHERE rule = 'annual-plan';
	INSERT INTO fairdraw_data.deadline_rule VALUES ('答复', '答复', '收到日', 'month', 31, NULL, true, true, '某局', false, '2026-01-01', NULL)});
my $tables = join ' UNION ALL ', map { qq{SELECT '$_', string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C") FROM fairdraw_data.$_ t} } 'calendar_year', 'calendar_day', 'deadline_rule';
my ($own_answers, $own_tables) = (sql($answers), sql($tables));
for my $format ('plain', 'custom')
{
	my $db = "restored_$format";
	my $dump = "$folder/$format";
	sql("CREATE DATABASE $db");
	$node->command_ok([ 'pg_dump', "--format=$format", "--file=$dump", $node->connstr('postgres') ], "$format: dumped");
	$node->command_ok($format eq 'plain'
		? [ 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-o', "$folder/out", '-d', $node->connstr($db), '-f', $dump ]
		: [ 'pg_restore', '--exit-on-error', '--dbname', $node->connstr($db), $dump ], "$format: restored");
	is($node->safe_psql($db, $tables), $own_tables, "$format: the calendar and the rules are the same");
	is($node->safe_psql($db, $answers), $own_answers, "$format: so is what the functions answer");
	is($node->safe_psql($db, q{SELECT fairdraw.deadline('答复', '2026-02-10')}), '2026-02-28', "$format: also by a rule of one's own");

	my $open = $node->background_psql($db);
	is($open->query_safe($wednesday), 'f', "$format: a session of the restored database");
	$node->safe_psql($db, q{DELETE FROM fairdraw_data.calendar_day WHERE day = '2026-05-06'});
	is($open->query_safe($wednesday), 't', "$format: sees a change of another one");
	$open->query_safe(q{INSERT INTO fairdraw_data.calendar_day VALUES ('2026-05-06', 'off')});
	is($open->query_safe($wednesday), 'f', "$format: and its own");
	$open->quit;
	my ($ret, $stdout, $stderr) = $node->psql($db, q{UPDATE fairdraw_data.deadline_rule SET length = 0 WHERE rule = '答复'});
	like($stderr, qr/"答复"/, "$format: a rule that cannot be is refused");
	$node->safe_psql($db, 'SELECT fairdraw.setup()');
	is($node->safe_psql($db, $tables), $own_tables, "$format: setup() leaves everything as it is");
	sql("DROP DATABASE $db");
}

#
# Servers that do not store UTF8
#

for my $encoding ('EUC_CN', 'SQL_ASCII', 'UTF8')
{
	my $db = lc "in_$encoding";
	sql("CREATE DATABASE $db TEMPLATE template0 ENCODING '$encoding' LOCALE 'C'");
	$node->safe_psql($db, q{CREATE EXTENSION fairdraw; SELECT fairdraw.setup('某局')});
	is($node->safe_psql($db, q{SELECT source FROM fairdraw_data.calendar_year WHERE year = 2020}), '国务院办公厅关于2020年部分节假日安排的通知;关于延长2020年春节假期的通知', "$encoding: setup() ships the calendar");
	is($node->safe_psql($db, q{SELECT count(*), count(*) FILTER (WHERE basis ~ '工作日|前') FROM fairdraw_data.deadline_rule}), '17|17', "$encoding: and the rules");
	$node->safe_psql($db, take_off('2026-05-06'));
	$node->safe_psql($db, q{
		INSERT INTO fairdraw_data.deadline_rule VALUES ('答复', '答复', '收到日', 'month', 31, NULL, true, true, '某局', false, '2026-01-01', NULL);
		UPDATE fairdraw_data.deadline_rule SET in_force = NOT in_force WHERE event = 'result_entry'});
	is($node->safe_psql($db, $answers), $own_answers, "$encoding: the functions answer as they do elsewhere");
	is($node->safe_psql($db, q{SELECT due, status FROM fairdraw.overdue('SELECT ''企业一'' AS record, ''答复'' AS event, date ''2026-02-10'' AS "收到日"', '2026-03-01')}), '2026-02-28|overdue',
		"$encoding: events and anchors have Chinese names");
	my ($ret, $stdout, $stderr) = $node->psql($db, q{SELECT * FROM fairdraw.overdue('SELECT ''企业一'' AS record, ''答辩'' AS event, date ''2026-02-10'' AS "收到日"')});
	like($stderr, qr/event "答辩".*答复.*record "企业一"/s, "$encoding: errors name them");
	sql("DROP DATABASE $db");
}

#
# A standby
#

$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
is($standby->safe_psql('postgres', $answers), $own_answers, 'a standby answers as the primary does');
my ($reader, $repeatable) = map { $standby->background_psql('postgres') } 1 .. 2;
is($reader->query_safe("$wednesday; SELECT fairdraw.deadline('答复', '2026-02-10')"), "f\n2026-02-28", 'a session of the standby');
is($repeatable->query_safe("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM fairdraw_data.calendar_year WHERE year = 2027"), '1', 'and another one with a snapshot');
sql(q{
	DELETE FROM fairdraw_data.calendar_day WHERE day = '2026-05-06';
	UPDATE fairdraw_data.deadline_rule SET length = 5 WHERE rule = '答复'});
$node->wait_for_catchup($standby);
is($reader->query_safe("$wednesday; SELECT fairdraw.deadline('答复', '2026-02-10')"), "t\n2026-02-05", 'sees a change of the primary when it is replayed');
is($repeatable->query_safe("$wednesday; SELECT fairdraw.deadline('答复', '2026-02-10')"), "f\n2026-02-28", 'while the one with the snapshot keeps to it');
is($repeatable->query_safe("COMMIT; $wednesday"), 't', 'until its transaction ends');
$_->quit for $reader, $repeatable;
my ($ret, $stdout, $stderr) = $standby->psql('postgres', take_off('2026-05-06'));
like($stderr, qr/recovery|read-only/, 'nobody loads a calendar on a standby');
$standby->stop;

#
# A logical replica, whose rules come from the publisher
#

my $replica = FairdrawNode->start('replica', '--auth=trust');
my @rules = qw(calendar_year calendar_day deadline_rule);
$replica->safe_psql('postgres', q{
	CREATE EXTENSION fairdraw;
	SELECT fairdraw.setup();
	TRUNCATE fairdraw_data.calendar_year, fairdraw_data.calendar_day, fairdraw_data.deadline_rule});
my $copied = $replica->background_psql('postgres');
my $count = q{SELECT count(*) FROM fairdraw.overdue('SELECT 1 AS record, ''none'' AS event WHERE false')};
is($copied->query_safe($count), '0', 'a session of the replica that knows no rules');
sql('CREATE PUBLICATION rules FOR TABLE ' . join ', ', map { "fairdraw_data.$_" } @rules);
$replica->safe_psql('postgres', sprintf q{CREATE SUBSCRIPTION rules CONNECTION '%s' PUBLICATION rules}, $node->connstr('postgres') =~ s/'/''/gr);
$replica->wait_for_subscription_sync($node, 'rules');
is($replica->safe_psql('postgres', $tables), sql($tables), 'the first copy brings the calendar and the rules');
is($copied->query_safe($answers), sql($answers), 'the session answers by them');
is($copied->query_safe("$wednesday; SELECT fairdraw.deadline('答复', '2026-02-10')"), "t\n2026-02-05", 'as the publisher has them');
sql(take_off('2026-05-06'));
sql(q{UPDATE fairdraw_data.deadline_rule SET length = 31 WHERE rule = '答复'});
$node->wait_for_catchup('rules');
is($copied->query_safe("$wednesday; SELECT fairdraw.deadline('答复', '2026-02-10')"), "f\n2026-02-28", 'it sees a change of the publisher');
sql(q{DELETE FROM fairdraw_data.calendar_day WHERE day = '2026-05-06'});
$node->wait_for_catchup('rules');
is($copied->query_safe($wednesday), 't', 'also where rows were removed');
sql('TRUNCATE fairdraw_data.calendar_day');
$node->wait_for_catchup('rules');
is($copied->query_safe(q{SELECT fairdraw.is_workday('2026-10-01')}), 't', 'or all of them');
$copied->quit;
$replica->safe_psql('postgres', 'DROP SUBSCRIPTION rules');

$replica->stop;
$node->stop;
done_testing();
