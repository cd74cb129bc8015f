# Whoever changes a committed byte behind the extension's back is found out:
# verify_draw() names the text, and where it can the unit; fairdraw-verify
# refuses the bundle, given what was published.
use strict;
use warnings;

use FindBin;
use IPC::Run;

use FairdrawNode;
use PostgreSQL::Test::Utils;
use Test::More;

my $verifier = "$FindBin::RealBin/../../verify/fairdraw-verify";
my $folder = PostgreSQL::Test::Utils::tempdir;
my $node = FairdrawNode->start('mutations');

# fairdraw-verify in one process for many files, since there are many
my $many = <<'PYTHON';
import contextlib, importlib.machinery, importlib.util, io, re, sys
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("fairdraw_verify", sys.argv[1])
module = importlib.util.module_from_spec(importlib.util.spec_from_loader("fairdraw_verify", loader))
loader.exec_module(module)

def verify(data, options):
    sys.stdin, answer = io.TextIOWrapper(io.BytesIO(data)), io.StringIO()
    with contextlib.redirect_stdout(answer):
        try:
            status = module.main(options + ["-"])
        except Exception as problem:
            status, _ = "crashed", answer.write(repr(problem))
    return status, answer.getvalue().strip().split("\n")[-1]

def changes(data):
    """Everything that can be done to one byte or one line."""
    for at in range(len(data)):
        yield "byte %d xor 1" % at, at, data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
    lines, at = data.splitlines(True), 0
    for i, line in enumerate(lines):
        rest = lines[i + 1:]
        yield "line %d removed" % (i + 1), at, b"".join(lines[:i] + rest)
        yield "line %d doubled" % (i + 1), at, b"".join(lines[:i] + [line, line] + rest)
        if rest and rest[0] != line:
            yield "line %d swapped with the next" % (i + 1), at, b"".join(lines[:i] + [rest[0], line] + rest[1:])
        at += len(line)
    yield "a line feed added", len(data) - 1, data + b"\n"
    yield "the last byte removed", len(data) - 1, data[:-1]
    yield "carriage returns added", len(data) - 1, data.replace(b"\n", b"\r\n")
    yield "a byte order mark added", 0, b"\xef\xbb\xbf" + data

if sys.argv[2] == "files":
    for job in sys.stdin.buffer.read().decode().splitlines():
        file, *options = job.split("\t")
        print("%s\t%s\t%s" % (file, *verify(open(file, "rb").read(), options)))
else:
    data, exempt, tried = open(sys.argv[3], "rb").read(), sys.argv[4], 0
    for what, at, changed in changes(data):
        line = data[data.rfind(b"\n", 0, at) + 1:data.find(b"\n", at)].decode()
        if exempt and re.match(exempt, line):
            continue
        tried += 1
        status, answer = verify(changed, sys.argv[5:])
        if status not in (1, 2):
            print("%s (%s): %s %s" % (what, line, status, answer))
    print("tried", tried)
PYTHON

sub python
{
	my ($input, @arguments) = @_;
	my ($answer, $problem) = ('', '');
	IPC::Run::run([ 'python3', '-c', $many, $verifier, @arguments ], '<', \$input, '>', \$answer, '2>', \$problem)
	  or diag($problem);
	return $answer;
}

#
# Two ceremonies of a chain, the second with two draws and committed data
#

$node->safe_psql('postgres', 'CREATE EXTENSION fairdraw');
$node->safe_psql('postgres', q{
	SELECT fairdraw.setup('某局');
	CREATE TABLE unit AS
	SELECT '甲-' || lpad(i::text, 4, '0') AS uid, '东城' AS stratum, 1 + i % 5 AS weight FROM generate_series(1, 700) i
	UNION ALL SELECT 'b-' || i, 'b', i FROM generate_series(1, 20) i;
	CREATE TABLE small AS
	SELECT 'u' || i AS uid, CASE WHEN i < 12 THEN 'p' ELSE 'q' END AS stratum, i AS weight FROM generate_series(1, 20) i;
	CREATE TABLE exclusion AS SELECT 'x-' || i AS uid, '注销 ' || i AS reason FROM generate_series(1, 3) i;
	CREATE TABLE staff AS SELECT 'I-' || i AS inspector, 'food' AS skill, NULL::date AS since FROM generate_series(1, 3) i;
	SELECT fairdraw.open_ceremony('one', ARRAY['ssq public 40 2999-01-01T00:00:00Z @@@@@@@@@@ beacon'], 'here', '2999-06-01');
	SELECT fairdraw.commit_data('one', 'staff', 'TABLE staff');
	SELECT fairdraw.seal_ceremony('one');
	SELECT fairdraw.open_ceremony('two', ARRAY[
		format('dice local 16 %1$s ##### five dice', due),
		format('ssq public 24 %1$s ##,##,##,##,##,##+## lottery', due),
		format('beacon public 32 %1$s @@@@@@@@ beacon', due)], 'https://example.org/公示', '2999-06-01')
	FROM (SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC' + '4 s', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS due) AS d;
	SELECT fairdraw.commit_draw('two', 'big', 'TABLE unit', '{"东城": {"n": 40, "reserve": 5}, "b": {"n": 6, "reserve": 2}}',
		'TABLE exclusion', 'SELECT uid FROM unit UNION ALL SELECT uid FROM exclusion', 'pareto');
	SELECT fairdraw.commit_draw('two', 'small', 'TABLE small', '{"p": {"n": 4, "reserve": 2}, "q": {"n": 3, "reserve": 1}}',
		'TABLE exclusion', sealed => false);
	SELECT fairdraw.commit_draw('two', 'small-sealed', 'TABLE small', '{"p": {"n": 4, "reserve": 2}, "q": {"n": 3, "reserve": 1}}',
		method => 'pareto');
	SELECT fairdraw.commit_data('two', 'staff', 'TABLE staff');
	SELECT fairdraw.seal_ceremony('two');
});
$node->poll_query_until('postgres', q{SELECT clock_timestamp() > max(due) FROM fairdraw_data.entropy_source WHERE ceremony = 'two'})
  or die 'the due time did not come';
$node->safe_psql('postgres', q{
	SELECT fairdraw.execute_ceremony('two', '{"dice": "12345", "ssq": "01,02,03,04,05,06+07", "beacon": "0123abcd"}');
	SELECT fairdraw.disclose_seed('two')});

my $ceremony_hash = $node->safe_psql('postgres', q{SELECT hash FROM fairdraw_data.seal WHERE ceremony = 'two'});
my (%published, %original);
for my $label ('big', 'small', 'small-sealed')
{
	my ($plan, $result) = split /\|/, $node->safe_psql('postgres',
		"SELECT plan_hash, hash FROM fairdraw_data.draw JOIN fairdraw_data.result USING (draw) WHERE label = '$label'");
	$published{$label} = [ '--ceremony-hash', $ceremony_hash, '--plan-hash', $plan, '--result-hash', $result ];
	$node->safe_psql('postgres', "\\o $folder/$label\nSELECT fairdraw.export_draw('$label', 'auditor')");
	$original{$label} = slurp_file("$folder/$label");
	is($node->safe_psql('postgres', "SELECT item, detail FROM fairdraw.verify_draw('$label') WHERE ok IS NOT TRUE AND item <> 'register'"),
		'', "draw $label is intact before it is changed");
}
$node->safe_psql('postgres', "\\o $folder/one\nSELECT fairdraw.ceremony_text('one')");

#
# Changes of the records.  Each has: what is changed, how, the item of
# verify_draw() that must differ, what its detail must say.  'same': the bundle
# does not contain it, so that it must have the same bytes.  $D is the number of
# the draw, $X its ceremony.
#

my $flip = q{'0' || substr(%s, 2)};
my @changes = (
	# the frame
	[ 'uid of a unit', q{UPDATE frame SET uid = '甲-0100x' WHERE draw = $D AND uid = '甲-0100'}, 'frame', qr/"甲-0100x" was changed/ ],
	[ 'stratum of a unit', q{UPDATE frame SET stratum = 3 - stratum WHERE draw = $D AND uid = '甲-0100'}, 'frame', qr/"甲-0100" was changed/ ],
	[ 'stratum of a unit, to one that is not there', q{UPDATE frame SET stratum = 9 WHERE draw = $D AND uid = '甲-0100'}, 'frame', qr/"甲-0100" was changed/ ],
	[ 'micro of a unit', q{UPDATE frame SET micro = micro + 1 WHERE draw = $D AND uid = '甲-0100'}, 'frame', qr/"甲-0100" was changed/ ],
	[ 'micro of two units, their sum the same',
		q{UPDATE frame SET micro = micro + CASE uid WHEN '甲-0100' THEN 1 ELSE -1 END WHERE draw = $D AND uid IN ('甲-0100', '甲-0101')},
		'frame', qr/"甲-0100" was changed/ ],
	[ 'leaf of a unit', q{UPDATE frame SET leaf = leaf # 1 WHERE draw = $D AND uid = '甲-0700'}, 'frame', qr/"甲-0700" was changed/, 'same' ],
	[ 'a unit removed', q{DELETE FROM frame WHERE draw = $D AND uid = '甲-0300'}, 'frame', qr/from "甲-0237" to "甲-0493"/ ],
	[ 'the first unit removed', q{DELETE FROM frame WHERE draw = $D AND uid = 'b-1'}, 'frame', qr/from "b-10" to/ ],
	[ 'the last unit removed', q{DELETE FROM frame WHERE draw = $D AND uid = '甲-0700'}, 'frame', qr/to "甲-0699"/ ],
	[ 'a unit added', q{INSERT INTO frame VALUES ($D, 1, 1000000, 0, '甲-0300x')}, 'frame', qr/"甲-0300x"/ ],
	[ 'two units exchanged', q{UPDATE frame SET uid = CASE uid WHEN '甲-0300' THEN '甲-0301~' ELSE '甲-0300' END WHERE draw = $D AND uid IN ('甲-0300', '甲-0301')},
		'frame', qr/"甲-0300" was changed/ ],
	[ 'hash of a block', q{UPDATE frame_block SET hash = set_bit(hash, 7, 1 - get_bit(hash, 7)) WHERE draw = $D AND block = 1}, 'frame',
		qr/from "甲-0237" to "甲-0492"/, 'same' ],
	[ 'a block removed', q{DELETE FROM frame_block WHERE draw = $D AND block = 2}, 'frame', qr/from "甲-0493" to "甲-0700"/, 'same' ],
	[ 'a block added', q{INSERT INTO frame_block VALUES ($D, 3, '甲-0701', sha256('x'))}, 'frame', qr/it has 3 nodes, recorded are 4/, 'same' ],
	[ 'number of a block', q{UPDATE frame_block SET block = 5 WHERE draw = $D AND block = 2}, 'frame', qr/from "甲-0493" to "甲-0700"/, 'same' ],
	[ 'first unit of a block', q{UPDATE frame_block SET first_uid = '甲-0238' WHERE draw = $D AND block = 1}, 'frame', qr/from "甲-0237" to "甲-0492"/, 'same' ],
	[ 'salt key', q{UPDATE salt_key SET key = translate(key, '0123456789abcdef', '123456789abcdef0') WHERE draw = $D}, 'frame', qr/"b-1" was changed/ ],
	# the strata
	[ 'name of a stratum', q{UPDATE stratum SET name = '西城' WHERE draw = $D AND stratum = 2}, 'frame', qr/"甲-0001" was changed/ ],
	[ 'n of a stratum', q{UPDATE stratum SET n = n + 1 WHERE draw = $D AND stratum = 1}, 'plan', qr/computed/ ],
	[ 'reserve of a stratum', q{UPDATE stratum SET reserve = reserve - 1 WHERE draw = $D AND stratum = 1}, 'plan', qr/computed/ ],
	[ 'units of a stratum', q{UPDATE stratum SET units = units + 1 WHERE draw = $D AND stratum = 1}, 'frame', qr/stratum "b" is recorded with 21 units/ ],
	[ 'sum of a stratum', q{UPDATE stratum SET micro = micro + 1 WHERE draw = $D AND stratum = 1}, 'frame', qr/stratum "b" is recorded with .* 210000001/ ],
	# the plan
	[ 'label of the draw', q{UPDATE draw SET label = 'other' WHERE draw = $D}, 'plan', qr/computed/, undef, 'other' ],
	[ 'method', q{UPDATE draw SET method = 'auto' WHERE draw = $D}, 'plan', qr/computed/ ],
	[ 'stream', q{UPDATE draw SET stream = 'other' WHERE draw = $D}, 'plan', qr/computed/ ],
	[ 'rotation', q{UPDATE draw SET rotation = '1/2' WHERE draw = $D}, 'plan', qr/computed/ ],
	[ 'sealed', q{UPDATE draw SET sealed = false WHERE draw = $D}, 'frame', qr/"b-1" was changed/ ],
	[ 'register', q{UPDATE draw SET register = register + 1 WHERE draw = $D}, 'register', qr/^724 units, of which 720 in the frame and 3 excluded/ ],
	[ 'register, taken away', q{UPDATE draw SET register = NULL WHERE draw = $D}, 'plan', qr/computed/ ],
	[ 'number of units', q{UPDATE draw SET units = units + 1, register = register + 1 WHERE draw = $D}, 'frame', qr/it has 720 units, recorded are 721/ ],
	[ 'root', qq{UPDATE draw SET root = @{[ sprintf $flip, "translate(root, '0', '1')" ]} WHERE draw = \$D}, 'frame', qr/recorded root/ ],
	[ 'number of exclusions', q{UPDATE draw SET exclusions = exclusions + 1, register = register + 1 WHERE draw = $D}, 'exclusions', qr/there are 3, recorded are 4/ ],
	[ 'hash of the exclusions', q{UPDATE draw SET exclusions_hash = translate(exclusions_hash, '0123', '1230') WHERE draw = $D}, 'exclusions', qr/computed/ ],
	[ 'plan hash', q{UPDATE draw SET plan_hash = translate(plan_hash, '0123', '1230') WHERE draw = $D}, 'plan', qr/computed/ ],
	# the exclusions
	[ 'uid of an exclusion', q{UPDATE exclusion SET uid = 'x-20' WHERE draw = $D AND uid = 'x-2'}, 'exclusions', qr/computed/ ],
	[ 'reason of an exclusion', q{UPDATE exclusion SET reason = reason || '!' WHERE draw = $D AND uid = 'x-2'}, 'exclusions', qr/computed/ ],
	[ 'an exclusion removed', q{DELETE FROM exclusion WHERE draw = $D AND uid = 'x-2'}, 'exclusions', qr/there are 2, recorded are 3/ ],
	[ 'an exclusion added', q{INSERT INTO exclusion VALUES ($D, 'x-4', 'moved')}, 'exclusions', qr/there are 4, recorded are 3/ ],
	# the data
	[ 'a line of data', q{UPDATE data_row SET line = replace(line, 'food', 'fool') WHERE ceremony = $X AND position = 2}, 'data staff', qr/computed/ ],
	[ 'order of data', q{UPDATE data_row SET position = 4 WHERE ceremony = $X AND position = 2}, 'data staff', qr/computed/ ],
	[ 'a line of data removed', q{DELETE FROM data_row WHERE ceremony = $X AND position = 3}, 'data staff', qr/computed/ ],
	[ 'a line of data added', q{INSERT INTO data_row VALUES ($X, 'staff', 4, E'I-4\tfood\t\\\\N')}, 'data staff', qr/computed/ ],
	[ 'salt of data', q{UPDATE data_set SET salt = translate(salt, '0123456789abcdef', '123456789abcdef0') WHERE ceremony = $X}, 'data staff', qr/computed/ ],
	[ 'a column of data', q{UPDATE data_set SET columns[2] = 'skills' WHERE ceremony = $X}, 'data staff', qr/computed/ ],
	[ 'a column of data, null', q{UPDATE data_set SET columns = ARRAY[NULL]::text[] WHERE ceremony = $X}, 'data staff', qr/computed/ ],
	[ 'number of rows of data', q{UPDATE data_set SET rows = 4 WHERE ceremony = $X}, 'ceremony', qr/computed/ ],
	[ 'hash of data', q{UPDATE data_set SET hash = translate(hash, '0123', '1230') WHERE ceremony = $X}, 'data staff', qr/computed/ ],
	# the ceremony
	[ 'agency', q{UPDATE ceremony SET agency = '他局' WHERE ceremony = $X}, 'ceremony', qr/computed/ ],
	[ 'place', q{UPDATE ceremony SET place = place || '/' WHERE ceremony = $X}, 'ceremony', qr/computed/ ],
	[ 'disclose', q{UPDATE ceremony SET disclose = disclose + 1 WHERE ceremony = $X}, 'ceremony', qr/computed/ ],
	[ 'rehearsal', q{UPDATE ceremony SET rehearsal = true WHERE ceremony = $X}, 'ceremony', qr/computed/ ],
	[ 'hash of the secret', q{UPDATE ceremony SET secret_hash = translate(secret_hash, '0123', '1230') WHERE ceremony = $X}, 'secret', qr/computed/ ],
	[ 'hash of the secret, taken away', q{UPDATE ceremony SET secret_hash = NULL WHERE ceremony = $X}, 'ceremony', qr/computed/ ],
	[ 'secret', q{UPDATE ceremony_secret SET secret = translate(secret, '0123456789abcdef', '123456789abcdef0') WHERE ceremony = $X}, 'secret', qr/computed/ ],
	[ 'secret removed', q{DELETE FROM ceremony_secret WHERE ceremony = $X}, 'secret', qr/it is missing/ ],
	[ 'name of an entropy', q{UPDATE entropy_source SET name = 'beacon2' WHERE ceremony = $X AND name = 'beacon'}, 'ceremony', qr/computed/ ],
	[ 'kind of an entropy', q{UPDATE entropy_source SET kind = 'public' WHERE ceremony = $X AND name = 'dice'}, 'ceremony', qr/computed/ ],
	[ 'bits of an entropy', q{UPDATE entropy_source SET bits = bits - 1 WHERE ceremony = $X AND name = 'dice'}, 'ceremony', qr/computed/ ],
	[ 'due time of an entropy', q{UPDATE entropy_source SET due = due + '1 s' WHERE ceremony = $X AND name = 'beacon'}, 'ceremony', qr/computed/ ],
	[ 'mask of an entropy', q{UPDATE entropy_source SET mask = '@####' WHERE ceremony = $X AND name = 'dice'}, 'ceremony', qr/computed/ ],
	[ 'how an entropy is obtained', q{UPDATE entropy_source SET how = how || '.' WHERE ceremony = $X AND name = 'dice'}, 'ceremony', qr/computed/ ],
	[ 'order of the entropy', q{UPDATE entropy_source SET position = 9 WHERE ceremony = $X AND name = 'ssq'}, 'ceremony', qr/computed/ ],
	[ 'an entropy removed', q{DELETE FROM entropy_source WHERE ceremony = $X AND name = 'dice'}, 'ceremony', qr/computed/ ],
	[ 'hash of the seal', q{UPDATE seal SET hash = translate(hash, '0123', '1230') WHERE ceremony = $X}, 'ceremony', qr/computed/ ],
	[ 'serial', q{UPDATE seal SET serial = 3 WHERE ceremony = $X}, 'serial', qr/1 serials up to 3 are missing/ ],
	[ 'hash of the ceremony before', q{UPDATE seal SET previous = translate(previous, '0123', '1230') WHERE ceremony = $X}, 'serial', qr/2, after ceremony/ ],
	[ 'the ceremony before removed', q{DELETE FROM seal WHERE ceremony = 'one'}, 'serial', qr/1 serials up to 2 are missing/, 'same' ],
	[ 'another draw of the ceremony removed', q{DELETE FROM draw WHERE label = 'small'}, 'ceremony', qr/computed/ ],
	[ 'plan hash of another draw', q{UPDATE draw SET plan_hash = translate(plan_hash, '0123', '1230') WHERE label = 'small'}, 'ceremony', qr/computed/ ],
	# the seed
	[ 'value of an entropy', q{UPDATE entropy_value SET value = '12346' WHERE ceremony = $X AND name = 'dice'}, 'result', qr/computed/ ],
	[ 'name of a value', q{UPDATE entropy_value SET name = 'other' WHERE ceremony = $X AND name = 'dice'}, 'seed', qr/"dice" is missing/ ],
	[ 'value removed', q{DELETE FROM entropy_value WHERE ceremony = $X AND name = 'dice'}, 'seed', qr/"dice" is missing/ ],
	# the result
	[ 'number of certain units', q{UPDATE cutoff SET certain = certain + 1 WHERE draw = $D AND stratum = 2}, 'cutoffs', qr/"东城"/ ],
	[ 'n of a cutoff', q{UPDATE cutoff SET n = n - 1 WHERE draw = $D AND stratum = 2}, 'cutoffs', qr/"东城"/ ],
	[ 'W of a cutoff', q{UPDATE cutoff SET w = w - 1 WHERE draw = $D AND stratum = 2}, 'cutoffs', qr/"东城"/ ],
	[ 'cutoff', q{UPDATE cutoff SET cutoff = '1' || cutoff WHERE draw = $D AND stratum = 2}, 'cutoffs', qr/"东城"/ ],
	[ 'cutoff removed', q{DELETE FROM cutoff WHERE draw = $D AND stratum = 2}, 'cutoffs', qr/"东城"/ ],
	[ 'hash of the result', q{UPDATE result SET hash = translate(hash, '0123', '1230') WHERE draw = $D}, 'result', qr/computed/, 'same' ],
	[ 'result removed', q{DELETE FROM result WHERE draw = $D}, 'result', qr/recorded hash none/, 'same' ],
	[ 'uid of a drawn unit', q{UPDATE selection SET uid = 'b-99' WHERE draw = $D AND stratum = 1 AND rank = 3}, 'selection', qr/recorded is "b-99"/ ],
	[ 'two drawn units exchanged', q{UPDATE selection SET rank = 99 WHERE draw = $D AND stratum = 2 AND rank = 29;
		UPDATE selection SET rank = 29 WHERE draw = $D AND stratum = 2 AND rank = 31;
		UPDATE selection SET rank = 31 WHERE draw = $D AND stratum = 2 AND rank = 99}, 'selection', qr/ as drawn 29, computed .* as drawn 29/ ],
	[ 'role of a drawn unit', q{UPDATE selection SET role = 'certain' WHERE draw = $D AND stratum = 2 AND rank = 3}, 'selection', qr/ as certain 3, computed .* as drawn 3/ ],
	[ 'rank of a drawn unit', q{UPDATE selection SET rank = 46 WHERE draw = $D AND stratum = 2 AND rank = 45}, 'selection', qr/ as reserve 46, computed .* as reserve 45/ ],
	[ 'stratum of a drawn unit', q{UPDATE selection SET stratum = 2, rank = 46 WHERE draw = $D AND stratum = 1 AND rank = 8}, 'selection', qr/recorded is/ ],
	[ 'ticket of a drawn unit', q{UPDATE selection SET ticket = set_bit(ticket, 200, 1 - get_bit(ticket, 200)) WHERE draw = $D AND stratum = 2 AND rank = 7}, 'selection', qr/drawn 7/ ],
	[ 'weight of a drawn unit', q{UPDATE selection SET micro = micro + 1 WHERE draw = $D AND stratum = 2 AND rank = 7}, 'selection', qr/drawn 7/, 'same' ],
	[ 'a drawn unit removed', q{DELETE FROM selection WHERE draw = $D AND stratum = 2 AND rank = 7}, 'selection', qr/recorded is/ ],
	[ 'the last drawn unit removed', q{DELETE FROM selection WHERE draw = $D AND stratum = 2 AND rank = 45}, 'selection', qr/of stratum "东城" is missing/ ],
	[ 'a drawn unit added', q{INSERT INTO selection VALUES ($D, 1, 2, 46, 'reserve', '甲-9999', '\x00', 1)}, 'selection', qr/"甲-9999" is too many/ ],
	[ 'all drawn units removed', q{DELETE FROM selection WHERE draw = $D}, 'selection', qr/is missing/ ],
);

# what was executed is not undone, nor done again
push @changes,
  [ 'execution removed', q{DELETE FROM execution WHERE ceremony = $X}, 'executions', qr/without their execution/ ],
  [ 'an abort added', q{INSERT INTO abort VALUES ($X, 'it did not please', NULL, now(), 'x')}, 'abort', qr/executed and aborted/, 'same' ],
  [ 'an execution added', q{WITH e AS (INSERT INTO execution SELECT ceremony, 2, 'wrong', executed_at, executed_by FROM execution WHERE ceremony = $X)
		INSERT INTO entropy_value SELECT ceremony, 2, name, replace(value, '12345', '12346') FROM entropy_value WHERE ceremony = $X},
	'result', qr/recorded hash none/ ];

my $draw = $node->safe_psql('postgres', q{SELECT draw FROM fairdraw_data.draw WHERE label = 'big'});
my $jobs = '';
my %result_of;
my $number = 0;
for my $change (@changes)
{
	my ($name, $sql, $item, $detail, $same, $label) = @$change;
	my $found = "$folder/found-" . ++$number;
	my $bundle = "$folder/bundle-$number";

	$label //= 'big';
	$sql =~ s/\$D/$draw/g;
	$sql =~ s/\$X/'two'/g;
	my ($ret, $stdout, $stderr) = $node->psql('postgres', FairdrawNode::tampering($sql) . qq{
		\\o $found
		SELECT item, ok, detail FROM fairdraw.verify_draw('$label');
		\\o $bundle
		ROLLBACK TO changed;
		SELECT fairdraw.export_draw('$label', 'auditor');
		\\o
		ROLLBACK;}, on_error_stop => 0);
	my @found = grep { /^[^|]*\|f\|/ } split /\n/, slurp_file($found);
	ok((grep { /^\Q$item\E\|f\|(.*)/ && $1 =~ $detail } @found), "$name: verify_draw() finds that $item differs")
	  or diag("found: @found\n$stderr");

	ok((grep { /^guards\|f\|/ } @found), "$name: verify_draw() finds that the guards are off") unless $number > 1;

	my $content = slurp_file($bundle);
	if ($same)
	{
		is($content, $original{$label}, "$name: the bundle does not contain it");
	}
	elsif ($content eq '')
	{
		like($stderr, qr/changed|missing|not complete|lacks/, "$name: there is no bundle, and the error says so");
	}
	else
	{
		$jobs .= join("\t", $bundle, @{ $published{big} }) . "\n";
		$result_of{$bundle} = $name;
	}
}
for (split /\n/, python($jobs, 'files'))
{
	my ($bundle, $status, $answer) = split /\t/;
	ok($status eq '1' || $status eq '2', "$result_of{$bundle}: fairdraw-verify refuses the bundle, given the published hashes")
	  or diag("$status $answer");
	delete $result_of{$bundle};
}
is(join(', ', sort values %result_of), '', 'fairdraw-verify answered for every bundle');
is($node->safe_psql('postgres', q{SELECT bool_and(ok) FROM fairdraw.verify_draw('big')}), 't', 'after all this the records are intact again');

#
# Changes of the files
#

for my $label ('small', 'small-sealed')
{
	my $answer = python('', 'changes', "$folder/$label", '', @{ $published{$label} });
	my ($tried) = $answer =~ s/^tried (\d+)\n\z//m ? $1 : 0;
	cmp_ok($tried, '>', 3000, "bundle of draw $label: $tried changes of one byte or one line were tried");
	is($answer, '', "bundle of draw $label: fairdraw-verify refuses every one of them");
}

# rank and cutoff of a proof are to be compared with the published result; with
# the absence of a unit the seed has nothing to do
my $to_compare = '^(cutoff|role): ';
for my $unit ([ 'small', 'u3', $to_compare ], [ 'small-sealed', 'u5', $to_compare ],
	[ 'small-sealed', 'u99', '^(uid|dice|ssq|beacon): ' ])
{
	my ($label, $uid, $exempt) = @$unit;
	$node->safe_psql('postgres', "\\o $folder/proof\nSELECT fairdraw.unit_proof('$label', '$uid')");
	my $answer = python('', 'changes', "$folder/proof", $exempt, @{ $published{$label} }[ 0 .. 3 ]);
	my ($tried) = $answer =~ s/^tried (\d+)\n\z//m ? $1 : 0;
	cmp_ok($tried, '>', 1000, "proof of $uid of draw $label: $tried changes of one byte or one line were tried");
	is($answer, '', "proof of $uid of draw $label: fairdraw-verify refuses every one of them");
}

# the chain
$node->safe_psql('postgres', "\\o $folder/two\nSELECT fairdraw.ceremony_text('two')");
my $answer = '';
my $ok = IPC::Run::run([ 'python3', $verifier, '--previous', "$folder/one", "$folder/big" ], '>&', \$answer);
ok($ok && $answer =~ /ok\s+chain\s+serial 2 follows serial 1/, 'fairdraw-verify follows the chain') or diag($answer);
(my $other = slurp_file("$folder/one")) =~ s/^place: here$/place: there/m;
append_to_file("$folder/other", $other);
$ok = IPC::Run::run([ 'python3', $verifier, '--previous', "$folder/other", "$folder/big" ], '>&', \$answer);
ok(!$ok && $answer =~ /DIFFERS\s+chain/, 'it refuses another ceremony before') or diag($answer);

$node->stop;
done_testing();
