# Bundles of lotteries are accepted by verify/fairdraw-verify, the second
# implementation of doc/assignment.md, in every state of a ceremony, and both
# compute the same chances and teams from data of all kinds.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);

use FairdrawNode 'fairdraw_verify';
use PostgreSQL::Test::Utils;
use Test::More;

my $folder = PostgreSQL::Test::Utils::tempdir;
my $node = FairdrawNode->start('lottery_export');

sub sql { return $node->safe_psql('postgres', $_[0]) }

# writes the bundle of a lottery, and returns what fairdraw-verify says
sub checked
{
	my ($label, $audience, @options) = @_;
	sql("\\o $folder/bundle\nSELECT fairdraw.export_lottery('$label', '$audience')");
	return fairdraw_verify(@options, "$folder/bundle");
}

sub accepted
{
	my ($name, $label, $audience, @options) = @_;
	my ($status, $answer) = checked($label, $audience, @options);
	is($status, 0, "$name is accepted") or diag($answer);
	return $answer;
}

# what is computed again from the data, and from the seed
my $pairs = qr/^ok\s+pairs\s+needs, eligible pairs, groups and bounds of loads follow from staff, rules and recusals$/m;
my $probabilities = qr/^ok\s+probabilities\s+computed again/m;
my $drawn = qr/^ok\s+draw\s+teams and substitutes drawn again: the same/m;

my $open = q{SELECT fairdraw.open_ceremony('%1$s', ARRAY['dice local 33 2020-01-01T00:00:00Z ########## ten dice',
	'beacon public 60 2020-01-03T00:00:00Z @@@@@@@@@@@@@@@ 随机信标'], 'https://example.org', '2020-06-01', rehearsal => true)};
my $execute = q{SELECT fairdraw.execute_ceremony('%1$s', '{"dice": "0123456789", "beacon": "0123456789abcde"}')};

sql(q{CREATE EXTENSION fairdraw; SELECT fairdraw.setup('某县市场监督管理局')});

#
# One lottery, in every state
#

sql(sprintf $open, 'one');
sql(q{
	CREATE TABLE unit AS SELECT '企业-' || i AS uid, CASE WHEN i % 2 = 0 THEN '东城' ELSE '西城' END AS stratum, 1 + i % 7 AS weight FROM generate_series(1, 60) i;
	SELECT fairdraw.commit_draw('one', '一/food', 'TABLE unit', '{"东城": {"n": 5, "reserve": 2}, "西城": 3}');
	SELECT fairdraw.commit_draw('one', '一/lift', 'TABLE unit', '{"东城": 1, "西城": 2}', sealed => false);
	SELECT fairdraw.commit_data('one', 'staff', $$SELECT '检查员' || i AS inspector, i % 3 = 0 AS lead, CASE WHEN i % 4 > 0 THEN '东城' END AS station,
		CASE WHEN i IN (1, 2) THEN '一家' END AS exclusion_group, U&'\+020BB7' AS note FROM generate_series(1, 20) i$$);
	SELECT fairdraw.commit_data('one', 'rules', $$SELECT '一/lift' AS draw, 3 AS need$$);
	SELECT fairdraw.commit_data('one', 'recusals', $$SELECT '企业-' || i AS uid, '检查员3' AS inspector FROM generate_series(1, 30) i$$);
	SELECT fairdraw.commit_data('one', 'other', 'SELECT 1 AS a');
	SELECT fairdraw.commit_lottery('one', '一/teams', ARRAY['一/food', '一/lift'], 'staff', 'rules', 'recusals', '{"groups": {"lead": {"min": 1}}}');
	SELECT fairdraw.commit_draw('one', '一/again', 'TABLE unit', '1');
	SELECT fairdraw.commit_lottery('one', '一/again', ARRAY['一/again'], 'staff', NULL, NULL);
	SELECT fairdraw.seal_ceremony('one')});

my $answer = accepted('the bundle of a sealed ceremony', '一/teams', 'public');
like($answer, qr/^-\s+chances\s+not in this file/m, 'and what is not there yet is said');
accepted('that of the auditor', '一/teams', 'auditor');

sql(sprintf $execute, 'one');
$answer = accepted('the bundle of an executed ceremony', '一/teams', 'public');
like($answer, qr/^-\s+chances\s+not in this file/m, 'though the lottery was not executed');

sql(q{SELECT fairdraw.execute_lottery('一/teams'); SELECT fairdraw.execute_lottery('一/again')});
$answer = accepted('the public bundle of an executed lottery', '一/teams', 'public');
like($answer, $probabilities, 'and the chances are computed from it again');
unlike($answer, $drawn, 'though the teams cannot, before the seed is public');
like($answer, qr/^-\s+pairs\s/m, 'nor do the pairs follow from what is public');
like($answer, qr/^-\s+draw\s+that the seed gives these teams/m, 'both is said');
unlike(slurp_file("$folder/bundle"), qr/^fairdraw\/1 (seed|data)$/m, 'neither the seed nor the data stand in it');

$answer = accepted('the bundle of the auditor', '一/teams', 'auditor');
like($answer, $_, 'and everything is computed from it again') for $pairs, $probabilities, $drawn;
like($answer, qr/^-\s+data\s+other: not part of this lottery$/m, 'data that are no part of the lottery are told');

sql(q{SELECT fairdraw.disclose_seed('one')});
$answer = accepted('the public bundle with the seed', '一/teams', 'public');
like($answer, $_, 'and chances and teams are computed from it again') for $probabilities, $drawn;

# the hashes that were published
my ($ceremony_hash, $plan_hash, $result_hash, $teams_hash, $lottery_hash) = split /\|/, sql(q{
	SELECT s.hash, d.plan_hash, r.hash, o.teams_hash, l.hash FROM fairdraw_data.seal s JOIN fairdraw_data.draw d USING (ceremony) JOIN fairdraw_data.result r USING (draw),
		fairdraw_data.lottery l JOIN fairdraw_data.lottery_outcome o USING (lottery) WHERE s.ceremony = 'one' AND d.label = '一/lift' AND l.label = '一/teams'});
my %published = ('--ceremony-hash' => $ceremony_hash, '--plan-hash' => $plan_hash, '--result-hash' => $result_hash, '--teams-hash' => $teams_hash);
accepted('it, with all hashes that were published,', '一/teams', 'public', %published);
for my $option (sort keys %published)
{
	my ($status, $refusal) = checked('一/teams', 'public', $option, sha256_hex('another'));
	is($status, 1, "it is refused with another $option") or diag($refusal);
}
my ($status) = checked('一/again', 'public', '--teams-hash', $teams_hash);
is($status, 1, 'so is another lottery of the same ceremony with the teams of the first');
accepted('that one, with its own,', '一/again', 'auditor', '--teams-hash', sql(q{SELECT teams_hash FROM fairdraw_data.lottery_outcome JOIN fairdraw_data.lottery USING (lottery) WHERE label = '一/again'}));

# the bundle of a draw of the ceremony names the lottery
sql("\\o $folder/draw\nSELECT fairdraw.export_draw('一/food')");
($status, $answer) = fairdraw_verify("$folder/draw");
is($status, 0, 'a bundle of a draw beside a lottery is accepted') or diag($answer);
like($answer, qr/^-\s+lottery\s+一\/teams: not part of this file/m, 'and tells that there is one');

# the proof of a unit has the ceremony text in it, with its lottery lines
sql("\\o $folder/proof\nSELECT fairdraw.unit_proof('一/food', '企业-7')");
($status, $answer) = fairdraw_verify("$folder/proof");
is($status, 0, 'the proof of a unit beside a lottery is accepted') or diag($answer);

# what was executed again
sql(q{SELECT fairdraw.correct_execution('one', '{"dice": "1123456789", "beacon": "0123456789abcde"}', 'copied wrongly')});
$answer = accepted('after a correction the bundle, without the teams,', '一/teams', 'auditor');
like($answer, qr/^-\s+chances\s+not in this file/m, 'as of a lottery that was not executed');
sql(q{SELECT fairdraw.execute_lottery('一/teams')});
$answer = accepted('that of the second outcome', '一/teams', 'auditor');
like($answer, $_, 'and everything is computed from it again') for $pairs, $probabilities, $drawn;

# over draws of two ceremonies
sql(sprintf $open, $_) for 'earlier', 'two';
sql(q{SELECT fairdraw.commit_draw('earlier', '早/draw', 'TABLE unit', '3'); SELECT fairdraw.seal_ceremony('earlier')});
sql(sprintf $execute, 'earlier');
sql(q{
	SELECT fairdraw.commit_draw('two', '二/draw', 'TABLE unit', '2');
	SELECT fairdraw.commit_data('two', 'staff', 'SELECT i AS inspector FROM generate_series(1, 9) i');
	SELECT fairdraw.commit_lottery('two', '二/teams', ARRAY['二/draw', '早/draw'], 'staff', NULL, NULL);
	SELECT fairdraw.seal_ceremony('two')});
sql(sprintf $execute, 'two');
sql(q{SELECT fairdraw.execute_lottery('二/teams')});
$answer = accepted('the bundle of a lottery over draws of two ceremonies', '二/teams', 'auditor');
like($answer, $_, 'and everything is computed from it again') for $pairs, $probabilities, $drawn;

#
# Random ones
#

sub pick { return $_[ int rand @_ ] }
sub maybe { my ($chance, $value) = @_; return rand() < $chance ? $value : undef }
sub literal { my ($value) = @_; return defined $value ? "'$value'" : 'NULL' }

sub values_of
{
	my ($types, @rows) = @_;
	my @columns = map { /(\w+)/ } @$types;
	return 'SELECT ' . join(', ', map { "v.$columns[$_]::" . ($types->[$_] =~ /\w+ (\w+)/ ? $1 : 'text') . " AS $columns[$_]" } 0 .. $#columns)
	  . ' FROM (VALUES ' . join(', ', map { '(' . join(', ', map { literal($_) } @$_) . ')' } @rows) . ') AS v (' . join(', ', @columns) . ')';
}

my @stations = ('东城', '西城', "\x{f0}\x{a0}\x{ae}\x{b7}县");
my @groups = ('{}', '{"lead": {"min": 1}}', '{"senior": {"min": 1}, "junior": {"max": 1}}', '{"bureau": {"max": 1}}', '{"qualified": {"min": 1}}',
	'{"lead": {"min": 1, "max": 2}}', '{"station": {"max": 1}}');

# staff, rules, recusals, sizes and options of a ceremony, the same for the same number
sub random_ceremony
{
	my ($number) = @_;
	my %c = (label => "r$number");

	srand($number);
	$c{draws} = [ map { "r$number/$_" } 1 .. 1 + int rand 3 ];
	$c{sizes} = [ map { sprintf '{"%s": {"n": %d, "reserve": %d}, "%s": %d, "%s": %d}', $stations[0], 1 + int rand 5, int rand 3, $stations[1], int rand 4, $stations[2], 1 + int rand 3 } @{ $c{draws} } ];
	my @families;
	for my $i (1 .. 18 + int rand 20)
	{
		# a family has leads only, or none, so that its group does not cross others
		my @member = ("检$i", maybe(0.3, 3 + int rand 9), maybe(0.1, int rand 2), pick('food', 'food lift', 'food lift plan'), maybe(0.7, pick(@stations)),
			pick('t', 'f', 'f'), maybe(0.7, pick('t', 'f')), undef, maybe(0.2, '2026-01-01'), maybe(0.2, pick('2026-05-31', '2027-01-01')), maybe(0.2, '2026-05-01..2026-06-30 2026-09-01'));
		if (@{ $c{staff} // [] } && rand() < 0.2)
		{
			my $relative = pick(@{ $c{staff} });
			$relative->[7] //= 'family ' . $relative->[0];
			@member[ 3 .. 7 ] = @$relative[ 3 .. 7 ];
		}
		push @{ $c{staff} }, \@member;
	}
	my %rule = ('||' => [ undef, undef, undef, maybe(0.5, 2), pick('2026-06-01', '2026-05-01'), pick('bureau', 'bureau+station', 'bureau'), undef, undef, maybe(0.5, 'food'), maybe(0.5, pick('lift food', 'food')) ]);
	for (1 .. int rand 5)
	{
		my @what = (maybe(0.5, pick(@{ $c{draws} })), maybe(0.5, pick(@stations)), maybe(0.4, 'u' . (1 + int rand 60)));
		my $stations = maybe(0.2, join(' ', @stations[ 0, 1 ]));
		$rule{ join '|', map { $_ // '' } @what } //= [ @what, maybe(0.4, 1 + int rand 3), maybe(0.3, '2026-05-20'), $stations ? 'stations' : maybe(0.4, pick('bureau', 'across', 'bureau+station')),
			maybe(0.2, pick(@stations)), $stations, maybe(0.3, pick('', 'food', 'lift')), maybe(0.3, pick('', 'plan')) ];
	}
	$c{rules} = [ map { $rule{$_} } sort keys %rule ];
	for (1 .. 40)
	{
		my $member = pick(@{ $c{staff} });
		my $group = maybe(0.3, $member->[7]);
		push @{ $c{recusals} }, [ 'u' . (1 + int rand 60), defined $group ? (undef, $group) : ($member->[0], undef), maybe(0.5, '亲属') ];
	}
	$c{options} = sprintf '{"groups": %s, "precision_bits": %d, "balance": "%s", "load_slack": %d, "evenness": "%s", "substitutes": %d, "min_pool": %d, "max_pair_prob": %s}',
	  pick(@groups), 4 + int rand 21, pick('range', 'range', 'cap'), int rand 3, pick('0', '1/2', '3/4'), int rand 7, int rand 3, pick(1, 1, 1, 0.9);
	return \%c;
}

my ($teams, @none) = (0);
for my $number (1 .. 24)
{
	my $c = random_ceremony($number);
	my $label = $c->{label};
	sql(sprintf $open, $label);
	for my $d (0 .. $#{ $c->{draws} })
	{
		sql(qq{SELECT fairdraw.commit_draw('$label', '$c->{draws}[$d]', \$\$SELECT 'u' || i AS uid, (ARRAY['$stations[0]', '$stations[1]', '$stations[2]'])[1 + i % 3] AS stratum, 1 + i % 4 AS weight FROM generate_series(1, 60) i\$\$,
			'$c->{sizes}[$d]', sealed => } . ($number % 2 ? 'true' : 'false') . ')');
	}
	my %query = (
		staff => values_of([ 'inspector', 'max_load integer', 'min_load integer', 'tags', 'station', 'lead boolean', 'senior boolean', 'exclusion_group', 'licence_from date', 'licence_to date', 'on_duty' ], @{ $c->{staff} }),
		rules => values_of([ 'draw', 'stratum', 'uid', 'need integer', 'day date', 'scope', 'station', 'stations', 'tags', 'one_tags' ], @{ $c->{rules} }),
		recusals => values_of([ 'uid', 'inspector', 'exclusion_group', 'reason' ], @{ $c->{recusals} }));
	sql("SELECT fairdraw.commit_data('$label', '$_', \$\$$query{$_}\$\$)") for sort keys %query;
	sql("SELECT fairdraw.commit_lottery('$label', '$label', ARRAY[" . join(', ', map { "'$_'" } @{ $c->{draws} }) . "], 'staff', 'rules', 'recusals', '$c->{options}'); SELECT fairdraw.seal_ceremony('$label')");
	sql(sprintf $execute, $label);
	my ($ret, $stdout, $stderr) = $node->psql('postgres', "\\set VERBOSITY verbose\nSELECT fairdraw.execute_lottery('$label')");
	if ($ret != 0)
	{
		# what is drawn is random, and so it may be that there is no lottery
		like($stderr, qr/ERROR:  ZF00[156]: /, "random ceremony $number: there is no lottery");
		push @none, $number;
		next;
	}
	$teams++;
	is(sql("SELECT string_agg(item, ' ') FROM fairdraw.verify_lottery('$label') WHERE NOT ok"), '', "random ceremony $number: verify_lottery() finds no difference");
	$answer = accepted("random ceremony $number: the public bundle", $label, 'public');
	like($answer, $probabilities, "random ceremony $number: the chances are computed again");
	$answer = accepted("random ceremony $number: the bundle of the auditor", $label, 'auditor');
	like($answer, $_, "random ceremony $number: everything is computed again") for $pairs, $drawn;
	is(sha256_hex(join '', map { "$_\n" } split /\n/, sql("SELECT fairdraw.teams_text('$label')")),
		sql("SELECT teams_hash FROM fairdraw_data.lottery_outcome JOIN fairdraw_data.lottery USING (lottery) WHERE label = '$label'"), "random ceremony $number: the hash of the teams is that of their text");
}
cmp_ok($teams, '>=', 12, "$teams random ceremonies have teams, the others none: @none");

$node->stop;
done_testing();
