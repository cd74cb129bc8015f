# A server that is killed in the middle of committing or executing loses
# nothing and leaves nothing half done; neither does a call that is cancelled.
use strict;
use warnings;

use IPC::Run;
use Time::HiRes qw(usleep);

use FairdrawNode;
use PostgreSQL::Test::Utils;
use Test::More;

# a commit of so many takes seconds, and is killed well before its end
my $units = 1_000_000;

my $node = FairdrawNode->new('crash');
# fsync is off: what the kernel has survives the death of the server
$node->append_conf('postgresql.conf', qq{
	shared_buffers = 256MB
	max_wal_size = 4GB
	autovacuum = off
	log_min_messages = warning
});
$node->start;

my $frame = "SELECT lpad(i::text, 8, '0') AS uid, 's' || i % 3 AS stratum, 1 + i % 5 AS weight FROM generate_series(1, $units) AS i";
my $commit = qq{SELECT fairdraw.commit_draw('c', 'd', \$\$$frame\$\$,
	'{"s0": 20000, "s1": 20000, "s2": {"n": 20000, "reserve": 50}}', method => 'pareto')};
# its first rows take longer than a look at the progress
(my $slow_commit = $commit) =~ s/ AS i\$\$/ AS i, pg_sleep(3.2)\$\$/;
my $execute = q{SELECT fairdraw.execute_ceremony('c', '{"a": "00112233445566778899"}')};

# Runs a statement in a session of its own; returns what ends it.
sub begin
{
	my ($sql, $settings) = @_;
	my $session = { out => '', err => '' };
	$session->{run} = IPC::Run::start(
		[ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', $settings || 'SELECT', '-c', $sql ],
		'>', \$session->{out}, '2>', \$session->{err});
	return $session;
}

sub finish
{
	my ($session) = @_;
	$session->{run}->finish;
	return $session->{err};
}

# Waits, bounded, until a condition holds; false if the session ended before.
sub wait_for
{
	my ($session, $condition) = @_;
	for (1 .. 6000)
	{
		return 1 if $node->safe_psql('postgres', $condition) eq 't';
		return 0 unless $session->{run}->pumpable;
		$session->{run}->pump_nb;
		usleep(10_000);
	}
	return 0;
}

# the postmaster and all its children at once; they leave no time to clean up
sub kill_server
{
	my $postmaster = $node->{_pid};
	my @children = split /\n/, $node->safe_psql('postgres', 'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
	kill 'STOP', $postmaster;
	kill 'KILL', @children;
	$node->kill9;
	for my $pid (@children)
	{
		for (1 .. 1000)
		{
			last unless kill 0, $pid;
			usleep(10_000);
		}
	}
}

# rows of the draw in all records
my $rows_of_draw = q{SELECT (SELECT count(*) FROM fairdraw_data.draw) || ' ' || (SELECT count(*) FROM fairdraw_data.stratum) || ' '
	|| (SELECT count(*) FROM fairdraw_data.salt_key) || ' ' || (SELECT count(*) FROM fairdraw_data.frame) || ' '
	|| (SELECT count(*) FROM fairdraw_data.frame_block)};
my $rows_of_execution = q{SELECT (SELECT count(*) FROM fairdraw_data.execution) || ' ' || (SELECT count(*) FROM fairdraw_data.entropy_value) || ' '
	|| (SELECT count(*) FROM fairdraw_data.result) || ' ' || (SELECT count(*) FROM fairdraw_data.cutoff) || ' '
	|| (SELECT count(*) FROM fairdraw_data.selection)};
my $nothing = '0 0 0 0 0';
my $blocks = int(($units + 255) / 256);

$node->safe_psql('postgres', 'CREATE EXTENSION fairdraw');
$node->safe_psql('postgres', q{SELECT fairdraw.setup('bureau');
	SELECT fairdraw.open_ceremony('c', ARRAY['a public 60 2020-01-01T00:00:00Z #################### twenty digits'], 'here', '2020-06-01', true, true);
	CHECKPOINT});

my $frame_size = q{pg_relation_size('fairdraw_data.frame')};
my $frame_in_use = q{SELECT count(*) > 0 FROM pg_locks WHERE relation = 'fairdraw_data.frame'::regclass AND pid <> pg_backend_pid()};
my $running = q{FROM pg_stat_activity WHERE query LIKE '%%fairdraw.%s%%' AND pid <> pg_backend_pid()};
my $committing = sprintf $running, 'commit_draw';
my $executing = sprintf $running, 'execute_ceremony';

#
# Committing
#

# at the moments, as far as the frame has grown
for my $moment (
	[ 'as soon as it runs', "SELECT count(*) = 1 $committing" ],
	[ 'when the first rows are written', "SELECT $frame_size > 0" ],
	[ 'in the middle', "SELECT $frame_size > 12 * 1000 * 1000" ])
{
	my ($name, $condition) = @$moment;
	my $session = begin($commit);
	ok(wait_for($session, $condition), "committing, $name: the server is killed");
	kill_server();
	isnt(finish($session), '', "committing, $name: the call fails");
	$node->start;
	is($node->safe_psql('postgres', $rows_of_draw), $nothing, "committing, $name: after the restart there is nothing of the draw");
	$node->safe_psql('postgres', 'VACUUM fairdraw_data.frame');
	is($node->safe_psql('postgres', "SELECT $frame_size"), 0, "committing, $name: what was written can be vacuumed");
}

# what is at work can be seen, and stopped
my $session = begin($slow_commit, 'SET fairdraw.progress = on');
ok(wait_for($session, "SELECT query ~ '/\\* fairdraw: [0-9]+ units frozen \\*/\$' $committing"),
	'pg_stat_activity shows the progress of committing');
is($node->safe_psql('postgres', "SELECT pg_cancel_backend(pid) $committing"), 't', 'it is cancelled');
my $err = finish($session);
like($err, qr/INFO: +fairdraw: \d+ units frozen/, 'with fairdraw.progress the caller sees it as INFO');
like($err, qr/canceling statement due to user request/, 'the caller is told of the cancel');
is($node->safe_psql('postgres', $rows_of_draw), $nothing, 'there is nothing of a draw that was cancelled');

$node->safe_psql('postgres', 'VACUUM fairdraw_data.frame');
$session = begin($commit);
ok(wait_for($session, "SELECT $frame_size > 4 * 1000 * 1000"), 'committing again: the session is terminated');
$node->safe_psql('postgres', "SELECT pg_terminate_backend(pid, 60000) $committing");
like(finish($session), qr/terminating connection due to administrator command/, 'the caller is told of the end');
is($node->safe_psql('postgres', $rows_of_draw), $nothing, 'there is nothing of a draw whose session was terminated');

# after the commit of the transaction nothing is lost
my $plan_hash = $node->safe_psql('postgres', $commit);
kill_server();
$node->start;
is($node->safe_psql('postgres', $rows_of_draw), "1 3 1 $units $blocks", 'a draw that was committed survives the death of the server, whole');
is($node->safe_psql('postgres', q{SELECT plan_hash FROM fairdraw_data.draw}), $plan_hash, 'it has the plan hash that was returned');

my $ceremony_hash = $node->safe_psql('postgres', q{SELECT fairdraw.seal_ceremony('c')});
kill_server();
$node->start;
is($node->safe_psql('postgres', q{SELECT hash FROM fairdraw_data.seal}), $ceremony_hash, 'a seal survives the death of the server');

#
# Executing
#

for my $moment (
	[ 'as soon as it runs', "SELECT count(*) = 1 $executing" ],
	[ 'in the middle of the scan', $frame_in_use ],
	[ 'when the first rows are written', q{SELECT pg_relation_size('fairdraw_data.selection') > 0} ])
{
	my ($name, $condition) = @$moment;
	$session = begin($execute);
	ok(wait_for($session, $condition), "executing, $name: the server is killed");
	kill_server();
	isnt(finish($session), '', "executing, $name: the call fails");
	$node->start;
	is($node->safe_psql('postgres', $rows_of_execution), $nothing, "executing, $name: after the restart there is nothing of the execution");
}

$session = begin($execute);
ok(wait_for($session, $frame_in_use),
	'executing: it is cancelled');
$node->safe_psql('postgres', "SELECT pg_cancel_backend(pid) $executing");
like(finish($session), qr/canceling statement due to user request/, 'the caller is told of the cancel');
is($node->safe_psql('postgres', $rows_of_execution), $nothing, 'there is nothing of an execution that was cancelled');

$session = begin($execute);
ok(wait_for($session, $frame_in_use),
	'executing: the session is terminated');
$node->safe_psql('postgres', "SELECT pg_terminate_backend(pid, 60000) $executing");
like(finish($session), qr/terminating connection due to administrator command/, 'the caller is told of the end');
is($node->safe_psql('postgres', $rows_of_execution), $nothing, 'there is nothing of an execution whose session was terminated');

like($node->safe_psql('postgres', $execute), qr/^[0-9a-f]{64}$/, 'then it is executed');
kill_server();
$node->start;
is($node->safe_psql('postgres', $rows_of_execution), '1 1 1 3 60050', 'a result survives the death of the server, whole');

# verifying has its progress, too
$session = begin(q{SELECT item, detail FROM fairdraw.verify_draw('d') WHERE ok IS NOT TRUE AND item <> 'register'});
ok(wait_for($session, sprintf "SELECT count(*) = 1 $running", 'verify_draw'), 'a session verifies');
$node->safe_psql('postgres', sprintf "SELECT pg_cancel_backend(pid) $running", 'verify_draw');
like(finish($session), qr/canceling statement due to user request/, 'verifying can be cancelled');
is($node->safe_psql('postgres', q{SELECT item, detail FROM fairdraw.verify_draw('d') WHERE ok IS NOT TRUE AND item <> 'register'}), '',
	'after all this verify_draw() finds no difference');

$node->stop;
done_testing();
