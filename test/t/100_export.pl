# Bundles and proofs as psql writes them are accepted by verify/fairdraw-verify,
# the second implementation of the protocol, in every state of a ceremony, and
# both compute the same results from frames of all kinds.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use IPC::Run;

use FairdrawNode 'fairdraw_verify';
use PostgreSQL::Test::Utils;
use Test::More;

my $folder = PostgreSQL::Test::Utils::tempdir;
my $node = FairdrawNode->start('export');

sub accepted
{
	my ($name, $file, @options) = @_;
	my ($status, $answer) = fairdraw_verify(@options, $file);
	is($status, 0, "$name is accepted") or diag($answer);
	return $answer;
}

# writes what queries return to files: file => query, ...
sub write_files
{
	my %query = @_;
	my $script = join '', map { "\\o $folder/$_\n$query{$_};\n" } sort keys %query;
	$node->safe_psql('postgres', $script);
}

sub hash_of
{
	return sha256_hex(slurp_file("$folder/$_[0]"));
}

$node->safe_psql('postgres', 'CREATE EXTENSION fairdraw');
$node->safe_psql('postgres', q{SELECT fairdraw.setup('某区市场监督管理局')});
my $entropy = q{ARRAY['dice local 33 2020-01-01T00:00:00Z ########## ten dice, thrown by the notary 公证',
	'ssq public 24 2020-01-02T00:00:00Z ##,##,##,##,##,##+## lottery one',
	'dlt public 24 2020-01-03T00:00:00Z ##,##,##,##,##+##,## lottery two']};
my $values = q{{"dice": "0123456789", "ssq": "01,02,03,04,05,06+07", "dlt": "01,02,03,04,05+06,07"}};

#
# One ceremony with every kind of draw
#

$node->safe_psql('postgres', q{
	CREATE TABLE unit AS
	SELECT 'F-' || i AS uid, '食品' AS stratum, CASE i WHEN 7 THEN 4000 ELSE 1 + i % 8 + i / 1000000.0 END AS weight
	FROM generate_series(1, 400) i
	UNION ALL SELECT '电梯-' || i, 'lifts', 1.5 FROM generate_series(1, 150) i
	UNION ALL SELECT U&'\+020BB7' || i, U&'\+020BB7', i * i FROM generate_series(1, 30) i
	UNION ALL SELECT U&'\FF08' || i, 'few', 0.000001 FROM generate_series(1, 9) i
	UNION ALL SELECT 'é' || i, 'none', 2 FROM generate_series(1, 10) i;
	CREATE TABLE exclusion AS
	SELECT 'X-' || i AS uid, '已注销 ' || i AS reason FROM generate_series(1, 5) i
	UNION ALL SELECT U&'\+020BB7x', U&'\+020BB7 moved';
	CREATE TABLE register AS SELECT uid FROM unit UNION ALL SELECT uid FROM exclusion;
	CREATE TABLE staff (inspector text, skill text, since date, load numeric, active boolean);
	INSERT INTO staff VALUES ('I-03', '食品', '2020-02-29', 1.50, true), ('I-07', NULL, NULL, NULL, false),
		(U&'\+020BB7', '', '1999-12-31', 0, NULL), (U&'\+020BB7', '', '1999-12-31', 0, NULL);
});

my $sizes = q{{"食品": {"n": 25, "reserve": 6}, "lifts": {"n": 12, "reserve": 200}, "𠮷": {"n": 5, "reserve": 2}, "few": 9, "none": {"n": 0, "reserve": 3}}};
my $sizes_without_reserve = q{{"食品": 25, "lifts": 12, "𠮷": 5, "few": 9, "none": 0}};
my %draw;
for my $weights ('sealed', 'open')
{
	for my $method ('auto', 'pareto', 'pivotal', 'poisson')
	{
		$draw{"$weights-$method"} = {
			method => $method,
			sealed => $weights eq 'sealed' ? 'true' : 'false',
			sizes => $method eq 'poisson' ? $sizes_without_reserve : $sizes,
			# some share a stream, some are rotated, one knows no register
			stream => $method eq 'pareto' || $method eq 'poisson' ? q{'联合/shared'} : 'NULL',
			rotation => $weights eq 'open' && $method ne 'auto' ? '3/7' : '0/1',
			outside => "$weights-$method" eq 'open-auto' ? 'NULL, NULL' : q{'TABLE exclusion', 'TABLE register'},
		};
	}
}
my @draws = sort keys %draw;

$node->safe_psql('postgres', "SELECT fairdraw.open_ceremony('2026-03/一', $entropy, 'https://example.org/双随机', '2020-06-01', true, true)");
for my $label (@draws)
{
	my $d = $draw{$label};
	$d->{plan_hash} = $node->safe_psql('postgres', "SELECT fairdraw.commit_draw('2026-03/一', '$label', 'TABLE unit', '$d->{sizes}',
		$d->{outside}, '$d->{method}', $d->{stream}, '$d->{rotation}', $d->{sealed})");
}
my $data_hash = $node->safe_psql('postgres', q{SELECT fairdraw.commit_data('2026-03/一', 'staff', 'TABLE staff')});

my ($ret, $stdout, $stderr) = $node->psql('postgres', q{SELECT fairdraw.export_draw('sealed-auto')});
like($stderr, qr/ceremony "2026-03\/一" is not sealed/, 'before it is sealed a ceremony has no bundle');
($ret, $stdout, $stderr) = $node->psql('postgres', q{SELECT fairdraw.unit_proof('sealed-auto', 'F-1')});
like($stderr, qr/ceremony "2026-03\/一" is not sealed/, 'before it is sealed a ceremony has no proofs');

# the units whose proofs are checked, by what they are in this draw; known only
# after the execution, so that the states before take any unit
my %proof_of = (
	excluded => 'X-3',
	'absent, before the first' => '0',
	'absent, in the middle' => 'F-2x',
	'absent, after the last' => "\x{f0}\x{a0}\x{ae}\x{b8}",
	'of a stratum without draws' => 'é3',
	certain => 'F-7');

my $ceremony_hash;
my %expected_in_public = (
	sealed => qr/-\s+result\s+not in this file: not executed yet/,
	executed => qr/-\s+tickets\s+the seed is not public yet/,
	disclosed => qr/ok\s+tickets\s+\d+, K = /);
my %expected_for_auditor = (
	sealed => qr/-\s+result\s+not in this file: not executed yet/,
	executed => qr/ok\s+selection\s+every stratum drawn again/,
	disclosed => qr/ok\s+selection\s+every stratum drawn again/);

for my $state ('sealed', 'executed', 'disclosed')
{
	$ceremony_hash = $node->safe_psql('postgres', q{SELECT fairdraw.seal_ceremony('2026-03/一')}) if $state eq 'sealed';
	$node->safe_psql('postgres', "SELECT fairdraw.execute_ceremony('2026-03/一', '$values')") if $state eq 'executed';
	$node->safe_psql('postgres', q{SELECT fairdraw.disclose_seed('2026-03/一')}) if $state eq 'disclosed';

	my (%query, %proof);
	for my $label (@draws)
	{
		$query{"$state-$label-$_"} = "SELECT fairdraw.export_draw('$label', '$_')" for 'public', 'auditor';
	}
	for my $label ('sealed-pareto', 'open-auto',
		$state eq 'disclosed' ? ('sealed-pivotal', 'open-poisson') : ())
	{
		my %unit = %proof_of;
		if ($state ne 'sealed')
		{
			for my $role ('drawn', 'reserve')
			{
				my ($uid) = split /\n/, $node->safe_psql('postgres',
					"SELECT uid FROM fairdraw.selection('$label') WHERE role = '$role' ORDER BY stratum DESC, rank");
				$unit{$role} = $uid if defined $uid;
			}
			$unit{none} = $node->safe_psql('postgres',
				"SELECT min(uid COLLATE \"C\") FROM (SELECT uid FROM unit EXCEPT SELECT uid FROM fairdraw.selection('$label')) u");
		}
		for my $kind (sort keys %unit)
		{
			my $file = "$state-$label-proof-" . scalar keys %proof;
			$query{$file} = "SELECT fairdraw.unit_proof('$label', '$unit{$kind}')";
			$proof{$file} = [ "$state: the proof of $label, unit $kind,", $kind, $label ];
		}
	}
	write_files(%query);

	for my $label (@draws)
	{
		my $d = $draw{$label};
		my @published = ('--ceremony-hash', $ceremony_hash, '--plan-hash', $d->{plan_hash});
		push @published, '--result-hash', $node->safe_psql('postgres',
			"SELECT r.hash FROM fairdraw_data.result r JOIN fairdraw_data.draw d USING (draw) WHERE d.label = '$label'")
		  if $state ne 'sealed';
		my $answer = accepted("$state: the public bundle of $label", "$folder/$state-$label-public", @published);
		like($answer, $expected_in_public{$state}, "$state: the public bundle of $label says what it must");
		$answer = accepted("$state: the auditor's bundle of $label", "$folder/$state-$label-auditor", @published);
		like($answer, $expected_for_auditor{$state}, "$state: the auditor's bundle of $label says what it must");
	}
	for my $file (sort keys %proof)
	{
		my ($name, $kind, $label) = @{ $proof{$file} };
		my $answer = accepted($name, "$folder/$file", '--ceremony-hash', $ceremony_hash, '--plan-hash', $draw{$label}{plan_hash});
		if ($kind =~ /^absent/)
		{
			like($answer, qr/ok\s+frame\s+unit .* is not in it/, "$name shows its neighbours");
		}
		elsif ($kind eq 'excluded' && $label ne 'open-auto')
		{
			like($answer, qr/ok\s+exclusion\s+unit X-3 was excluded: 已注销 3/, "$name shows the exclusion");
		}
		elsif ($state eq 'disclosed' && $kind =~ /^(certain|drawn|reserve|none)$/)
		{
			like($answer, qr/(ok|-)\s+role\s+$kind\b/, "$name shows the role");
		}
		my $text = slurp_file("$folder/$file");
		unlike($text, qr/^key: |^fairdraw\/1 seed$/m, "$name keeps the seed back") if $state ne 'disclosed';
	}
	unlike(slurp_file("$folder/$state-sealed-auto-public"), qr/^fairdraw\/1 seed$/m, "$state: the public bundle keeps the seed back")
	  if $state ne 'disclosed';
}

#
# The files are the texts, byte for byte
#

my $file = "$folder/as-documented";
$node->command_ok([ 'psql', '-XAtqo', $file, '-c', q{SELECT fairdraw.export_draw('sealed-auto')}, $node->connstr('postgres') ],
	'psql -XAtqo writes a bundle');
is(slurp_file($file), slurp_file("$folder/disclosed-sealed-auto-public"), 'and these are the bytes of the bundle');

write_files(
	plan => q{SELECT fairdraw.plan_text('sealed-auto')},
	ceremony => q{SELECT fairdraw.ceremony_text('2026-03/一')},
	seed => q{SELECT fairdraw.seed_text('2026-03/一')},
	result => q{SELECT fairdraw.result_text('sealed-auto')},
	data => q{SELECT fairdraw.data_text('2026-03/一', 'staff')},
	frame => q{SELECT fairdraw.frame_lines('sealed-auto')},
	seed_hash => q{SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(string_agg(line, E'\n') || E'\n', 'UTF8')), 'hex')
		FROM fairdraw.seed_text('2026-03/一') line});
is(hash_of('plan'), $draw{'sealed-auto'}{plan_hash}, 'commit_draw() returned the SHA-256 of plan_text()');
is(hash_of('ceremony'), $ceremony_hash, 'seal_ceremony() returned the SHA-256 of ceremony_text()');
is(hash_of('data'), $data_hash, 'commit_data() returned the SHA-256 of data_text()');
is(hash_of('seed') . "\n", slurp_file("$folder/seed_hash"), 'the SHA-256 of seed_text() is the same inside the server');
my ($in_verifier) = (fairdraw_verify("$folder/disclosed-sealed-auto-auditor"))[1] =~ /S = ([0-9a-f]{64})/;
is($in_verifier, hash_of('seed'), 'the verifier has the same S');
is(hash_of('result'), $node->safe_psql('postgres',
	q{SELECT r.hash FROM fairdraw_data.result r JOIN fairdraw_data.draw d USING (draw) WHERE d.label = 'sealed-auto'}),
	'the recorded result hash is the SHA-256 of result_text()');

my $bundle = slurp_file("$folder/disclosed-sealed-auto-public");
my $text = join '', map { slurp_file("$folder/$_") } 'ceremony', 'plan';
ok(index($bundle, $text) == 0, 'a bundle begins with the texts of ceremony and plan');
ok($bundle =~ /^fairdraw\/1 frame\ndraw: sealed-auto\nlines: 599\n/m
	&& index($bundle, "lines: 599\n" . slurp_file("$folder/frame") . "fairdraw/1 exclusions\n") > 0,
	'then come the frame lines');
is(substr($bundle, -length(slurp_file("$folder/seed") . slurp_file("$folder/result"))),
	slurp_file("$folder/seed") . slurp_file("$folder/result"), 'a bundle ends with the texts of seed and result');
my @uids = map { (split /\t/)[0] } split /\n/, slurp_file("$folder/frame");
is_deeply(\@uids, [ sort @uids ], 'the frame lines ascend by the bytes of their uids');
is($node->safe_psql('postgres', q{SELECT bool_and(ok) FROM fairdraw.verify_draw('sealed-auto')}), 't',
	'verify_draw() finds no difference');

#
# A correction: the bundle has the execution that holds
#

(my $corrected = $values) =~ s/01,02,03,04,05,06\+07/01,02,03,04,05,06+08/;
$node->safe_psql('postgres', "SELECT fairdraw.correct_execution('2026-03/一', '$corrected', '蓝球看错')");
write_files(corrected => q{SELECT fairdraw.export_draw('open-poisson', 'auditor')});
my $answer = accepted("the auditor's bundle after a correction", "$folder/corrected", '--ceremony-hash', $ceremony_hash);
like(slurp_file("$folder/corrected"), qr/^ssq: 01,02,03,04,05,06\+08$/m, 'it has the value that holds');
isnt(slurp_file("$folder/corrected"), slurp_file("$folder/disclosed-open-poisson-auditor"), 'and another result');

#
# Two implementations agree on random frames
#

my $random_seed = $ENV{FAIRDRAW_TEST_SEED} || 20260301;
srand($random_seed);
note("random frames from seed $random_seed (FAIRDRAW_TEST_SEED)");

# micro of one unit, by the kind of the stratum; N: the units of the stratum
my @weights = (
	sub { 1_000_000 },
	sub { 1 + int(rand(8)) * 1_000_000 },
	sub { 1 + int(10**(rand(12))) },
	sub { rand() < 0.05 ? 900_000_000_000 + int(rand(1000)) : 1 + int(rand(3)) },
	# as near to the largest sum as can be
	sub { use integer; 9_223_372_036_854_775_807 / $_[0] - int(rand(5)) },
	sub { 2**int(rand(40)) });
my @names = ('a', 'b b', '东城区', "\x{f0}\x{a0}\x{ae}\x{b7}", "\x{ef}\x{bc}\x{88}", 'Ω');

sub decimal
{
	use integer;
	my ($micro) = @_;
	return sprintf '%d.%06d', $micro / 1_000_000, $micro % 1_000_000;
}

my $load = "CREATE TABLE random_unit (draw integer, uid text, stratum text, weight numeric);\nCOPY random_unit FROM STDIN;\n";
my @random;
for my $i (1 .. 30)
{
	my (%sizes, $method, $units);
	$method = ('auto', 'auto', 'pareto', 'pivotal', 'poisson')[rand 5];
	for my $stratum (@names[ 0 .. rand @names ])
	{
		my $many = rand() < 0.3 ? 1 + int(rand(10)) : 1 + int(rand(500));
		my $weight = $weights[ rand @weights ];
		my $n = rand() < 0.1 ? $many : int(rand() * rand() * ($many + 1));
		$sizes{$stratum} = [ $n, $method eq 'poisson' ? 0 : int(rand(20)) ];
		$load .= join("\t", $i, ('U', '企', "\x{f0}\x{a0}\x{ae}\x{b7}")[ $_ % 3 ] . int(rand(1e9)) . "-$stratum-$_",
			$stratum, decimal($weight->($many))) . "\n"
		  for 1 .. $many;
		$units += $many;
	}
	push @random, {
		method => $method, units => $units,
		sealed => rand() < 0.7 ? 'true' : 'false',
		rotation => ('0/1', '0/1', '1/2', '5/4096')[rand 4],
		sizes => '{' . join(', ', map { "\"$_\": {\"n\": $sizes{$_}[0], \"reserve\": $sizes{$_}[1]}" } sort keys %sizes) . '}' };
}
$load .= "\\.\n";
my %query;
for my $i (1 .. 30)
{
	my $d = $random[ $i - 1 ];
	my $value = sprintf '%010d', rand(1e9);
	$load .= "SELECT fairdraw.open_ceremony('random $i', $entropy, 'nowhere', '2020-06-01', true, true);
		SELECT fairdraw.commit_draw('random $i', 'random $i', 'SELECT uid, stratum, weight FROM random_unit WHERE draw = $i',
			'$d->{sizes}', method => '$d->{method}', rotation => '$d->{rotation}', sealed => $d->{sealed});
		SELECT fairdraw.seal_ceremony('random $i');
		SELECT fairdraw.execute_ceremony('random $i', '{\"dice\": \"$value\", \"ssq\": \"01,02,03,04,05,06+07\", \"dlt\": \"01,02,03,04,05+06,07\"}');\n";
	$query{"random-$i"} = "SELECT fairdraw.export_draw('random $i', 'auditor')";
}
$node->safe_psql('postgres', $load);
write_files(%query);
for my $i (1 .. 30)
{
	my $d = $random[ $i - 1 ];
	my ($status, $answer) = fairdraw_verify("$folder/random-$i");
	ok($status == 0 && $answer =~ /ok\s+selection\s+every stratum drawn again/,
		"random frame $i of $d->{units} units, $d->{method}, rotation $d->{rotation}: both draw the same units")
	  or diag("seed $random_seed, sizes $d->{sizes}\n$answer");
}
is($node->safe_psql('postgres', q{SELECT count(*), count(*) FILTER (WHERE NOT v.ok)
	FROM generate_series(1, 30) i, fairdraw.verify_draw('random ' || i) v}) =~ /^[1-9]\d+\|0$/, 1,
	'verify_draw() finds no difference in any of them');

$node->stop;
done_testing();
