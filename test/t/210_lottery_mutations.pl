# Whoever changes a record of a lottery behind the extension's back is found
# out: verify_lottery() names what differs, or says why nothing can be computed
# any more; fairdraw-verify refuses the bundle, given what was published.
use strict;
use warnings;

use FairdrawNode 'fairdraw_verify';
use PostgreSQL::Test::Utils;
use Test::More;

my $folder = PostgreSQL::Test::Utils::tempdir;
my $node = FairdrawNode->start('lottery_mutations');

sub sql { return $node->safe_psql('postgres', $_[0]) }

#
# A lottery over two draws, and another one beside it, both with two outcomes
#

sql('CREATE EXTENSION fairdraw');
sql(q{
	SELECT fairdraw.setup('某局');
	CREATE TABLE unit AS SELECT 'u' || i AS uid, CASE WHEN i % 2 = 0 THEN '东城' ELSE '西城' END AS stratum FROM generate_series(1, 40) i;
	SELECT fairdraw.open_ceremony('x', ARRAY['dice local 16 2020-01-01T00:00:00Z ##### dice', 'beacon public 60 2020-01-03T00:00:00Z @@@@@@@@@@@@@@@ beacon'],
		'here', '2020-06-01', rehearsal => true);
	SELECT fairdraw.commit_draw('x', 'a', 'TABLE unit', '{"东城": {"n": 5, "reserve": 2}, "西城": 3}');
	SELECT fairdraw.commit_draw('x', 'b', 'TABLE unit', '1', sealed => false);
	SELECT fairdraw.commit_draw('x', 'c', 'TABLE unit', '1');
	SELECT fairdraw.commit_data('x', 'staff', $$SELECT 'I' || lpad(i::text, 2, '0') AS inspector, 9 AS max_load, 'food' || CASE WHEN i % 2 = 0 THEN ' lift' ELSE '' END AS tags,
		CASE WHEN i % 4 = 0 THEN '东城' END AS station, i % 3 = 0 AS lead, CASE WHEN i IN (1, 2) THEN 'family' END AS exclusion_group FROM generate_series(1, 20) i$$);
	SELECT fairdraw.commit_data('x', 'rules', $$SELECT * FROM (VALUES ('b', 3, 'bureau', 'lift'), (NULL, 2, 'bureau+station', 'food')) r (draw, need, scope, tags)$$);
	SELECT fairdraw.commit_data('x', 'recusals', $$SELECT 'u' || i AS uid, 'I03' AS inspector, '亲属' AS reason FROM generate_series(1, 40) i$$);
	SELECT fairdraw.commit_lottery('x', 'l', ARRAY['a', 'b'], 'staff', 'rules', 'recusals', '{"groups": {"lead": {"min": 1}}, "substitutes": 2}');
	SELECT fairdraw.commit_lottery('x', 'm', ARRAY['c'], 'staff', NULL, NULL);
	SELECT fairdraw.seal_ceremony('x');
	SELECT fairdraw.execute_ceremony('x', '{"dice": "01234", "beacon": "0123456789abcde"}');
	SELECT fairdraw.execute_lottery('l'), fairdraw.execute_lottery('m');
	SELECT fairdraw.correct_execution('x', '{"dice": "12345", "beacon": "0123456789abcde"}', 'copied wrongly');
	SELECT fairdraw.execute_lottery('l'), fairdraw.execute_lottery('m')});

my ($lottery, $other, $a, $b, $c) = split /\|/, sql(q{SELECT (SELECT lottery FROM fairdraw_data.lottery WHERE label = 'l'), (SELECT lottery FROM fairdraw_data.lottery WHERE label = 'm'),
	(SELECT draw FROM fairdraw_data.draw WHERE label = 'a'), (SELECT draw FROM fairdraw_data.draw WHERE label = 'b'), (SELECT draw FROM fairdraw_data.draw WHERE label = 'c')});
my @published = split /\|/, sql(qq{SELECT '--ceremony-hash', s.hash, '--teams-hash', o.teams_hash FROM fairdraw_data.seal s, fairdraw_data.lottery_outcome o
	WHERE s.ceremony = 'x' AND o.lottery = $lottery AND o.outcome = 2});
sql("\\o $folder/original\nSELECT fairdraw.export_lottery('l', 'auditor')");
my $original = slurp_file("$folder/original");
is(sql(q{SELECT bool_and(ok) FROM fairdraw.verify_lottery('l')}), 't', 'the lottery is intact before it is changed');
my ($status, $answer) = fairdraw_verify(@published, "$folder/original");
is($status, 0, 'and so is its bundle') or diag($answer);

#
# Changes.  Each has: what is changed, how, the item of verify_lottery() that must
# differ, what its detail must say, if anything, and 'same' where the bundle has
# the same bytes, since it is computed from what was not changed.  Without an item
# verify_lottery() ends with that error.  $L is the number of the lottery, $M that
# of the other one, $A, $B and $C are the draws; $row a place in a team.
#

my $team = q{lottery = $L AND outcome = 2};
my $first = q{(draw, uid) = (SELECT draw, min(uid) FROM team WHERE lottery = $L AND outcome = 2 AND draw = $A GROUP BY draw)};
my $row = "$team AND $first AND role = 'team' AND rank = 2";
my $digits = q{translate(%s, '0123456789abcdef', '123456789abcdef0')};
sub shifted { my ($column) = @_; return "$column = " . sprintf $digits, $column }

my @changes = (
	# the lottery
	[ 'its label', q{UPDATE lottery SET label = 'n' WHERE lottery = $L}, undef, qr/there is no lottery "l"/ ],
	[ 'its ceremony', q{INSERT INTO ceremony SELECT 'y', rehearsal, agency, place, disclose, secret_hash, opened_at, opened_by FROM ceremony WHERE ceremony = 'x';
		UPDATE lottery SET ceremony = 'y' WHERE lottery = $L}, undef, qr/"y"/ ],
	[ 'its staff', q{UPDATE lottery SET staff = 'rules' WHERE lottery = $L}, 'lottery', qr/computed/ ],
	[ 'its rules', q{UPDATE lottery SET rules = 'staff' WHERE lottery = $L}, 'chances', qr/unknown column in the rules: "inspector"/ ],
	[ 'its rules, taken away', q{UPDATE lottery SET rules = NULL WHERE lottery = $L}, 'lottery' ],
	[ 'its recusals, taken away', q{UPDATE lottery SET recusals = NULL WHERE lottery = $L}, 'lottery' ],
	[ 'an option', q{UPDATE lottery SET options = options || '{"evenness": "3/4"}' WHERE lottery = $L}, 'lottery' ],
	[ 'the number of substitutes', q{UPDATE lottery SET options = options || '{"substitutes": 3}' WHERE lottery = $L}, 'lottery' ],
	[ 'a group', q{UPDATE lottery SET options = '{"groups": {"lead": {"min": 2}}, "substitutes": 2}' WHERE lottery = $L}, 'lottery' ],
	[ 'its hash', 'UPDATE lottery SET ' . shifted('hash') . ' WHERE lottery = $L', 'lottery' ],
	[ 'the lottery removed', q{DELETE FROM lottery WHERE lottery = $L}, undef, qr/there is no lottery "l"/ ],
	[ 'the other lottery removed', q{DELETE FROM lottery WHERE lottery = $M}, 'ceremony' ],
	[ 'a lottery added', q{INSERT INTO lottery (label, ceremony, staff, options, hash, committed_by) VALUES ('n', 'x', 'staff', '{}', repeat('0', 64), 'x')}, 'ceremony' ],
	# its draws
	[ 'a draw removed', q{DELETE FROM lottery_draw WHERE lottery = $L AND draw = $B}, 'outcome 2', qr/other draws than the 1 of the lottery/ ],
	[ 'a draw added', q{INSERT INTO lottery_draw VALUES ($L, $C)}, undef, qr/lottery "l" was not executed/ ],
	[ 'a draw exchanged', q{UPDATE lottery_draw SET draw = $C WHERE lottery = $L AND draw = $B}, undef, qr/lottery "l" was not executed/ ],
	[ 'a draw given to the other lottery', q{UPDATE lottery_draw SET lottery = $M WHERE lottery = $L AND draw = $B}, 'lottery' ],
	# the outcome
	[ 'its outcome removed', q{DELETE FROM lottery_outcome WHERE lottery = $L AND outcome = 2}, undef, qr/lottery "l" was not executed/ ],
	[ 'all outcomes removed', q{DELETE FROM lottery_outcome WHERE lottery = $L}, undef, qr/lottery "l" was not executed/ ],
	[ 'number of the outcome', q{UPDATE lottery_outcome SET outcome = 3 WHERE lottery = $L AND outcome = 2}, undef, qr/lottery "l" was not executed/ ],
	[ 'execution of the outcome', q{UPDATE lottery_outcome SET execution = 1 WHERE lottery = $L AND outcome = 2}, undef, qr/lottery "l" was not executed/ ],
	[ 'an outcome added', q{INSERT INTO lottery_outcome SELECT lottery, 3, execution, unit, chances_hash, teams_hash, executed_at, executed_by FROM lottery_outcome WHERE lottery = $L AND outcome = 2},
		undef, qr/lottery "l" was not executed/ ],
	[ 'hash of the chances', 'UPDATE lottery_outcome SET ' . shifted('chances_hash') . ' WHERE lottery = $L AND outcome = 2', 'chances', undef, 'same' ],
	[ 'hash of the teams', 'UPDATE lottery_outcome SET ' . shifted('teams_hash') . ' WHERE lottery = $L AND outcome = 2', 'teams', undef, 'same' ],
	[ 'denominator of the probabilities', q{UPDATE lottery_outcome SET unit = unit * 2 WHERE lottery = $L AND outcome = 2}, 'recorded teams', qr/denominator 2097152, computed 1048576/, 'same' ],
	[ 'hash of the chances of the first outcome', 'UPDATE lottery_outcome SET ' . shifted('chances_hash') . ' WHERE lottery = $L AND outcome = 1', 'chances of outcome 1', undef, 'same' ],
	[ 'hash of the teams of the first outcome', 'UPDATE lottery_outcome SET ' . shifted('teams_hash') . ' WHERE lottery = $L AND outcome = 1', 'teams of outcome 1', undef, 'same' ],
	[ 'the first outcome removed', q{DELETE FROM lottery_outcome WHERE lottery = $L AND outcome = 1}, 'outcome 1', qr/it is missing/, 'same' ],
	# the results that it rests on
	[ 'a result removed', q{DELETE FROM lottery_result WHERE lottery = $L AND outcome = 2 AND draw = $A}, undef, qr/lottery "l" was not executed/ ],
	[ 'execution of a result', q{UPDATE lottery_result SET draw_execution = 1 WHERE lottery = $L AND outcome = 2 AND draw = $A}, undef, qr/lottery "l" was not executed/ ],
	[ 'draw of a result', q{UPDATE lottery_result SET draw = $C WHERE lottery = $L AND outcome = 2 AND draw = $A}, undef, qr/lottery "l" was not executed/ ],
	[ 'outcome of a result', q{UPDATE lottery_result SET outcome = 9 WHERE lottery = $L AND outcome = 2 AND draw = $A}, undef, qr/lottery "l" was not executed/ ],
	[ 'a result of another draw added', q{INSERT INTO lottery_result VALUES ($L, 2, $C, 2)}, 'outcome 2', qr/other draws than the 2 of the lottery/, 'same' ],
	[ 'lottery of a result', q{UPDATE lottery_result SET lottery = 9 WHERE lottery = $L AND outcome = 2 AND draw = $A}, undef, qr/lottery "l" was not executed/ ],
	# the teams
	[ 'an inspector', "UPDATE team SET inspector = 'I99' WHERE $row", 'recorded teams', qr/team 2 of "u\d+" is recorded as "I99", computed "I\d+"/, 'same' ],
	[ 'a unit', "UPDATE team SET uid = 'u99' WHERE $row", 'recorded teams', undef, 'same' ],
	[ 'draw of a member', "UPDATE team SET draw = \$C WHERE $row", 'recorded teams', undef, 'same' ],
	[ 'draw of a member, to one that is not there', "UPDATE team SET draw = 99 WHERE $row", 'recorded teams', undef, 'same' ],
	[ 'role of a member', "UPDATE team SET role = 'substitute', rank = 9 WHERE $row", 'recorded teams', undef, 'same' ],
	[ 'rank of a member', "UPDATE team SET rank = 9 WHERE $row", 'recorded teams', undef, 'same' ],
	[ 'probability of a member', "UPDATE team SET numerator = numerator + 1 WHERE $row", 'recorded teams', undef, 'same' ],
	[ 'lottery of a member', "UPDATE team SET lottery = \$M WHERE $row", 'recorded teams', undef, 'same' ],
	[ 'outcome of a member', "UPDATE team SET outcome = 1, rank = 9 WHERE $row", 'recorded teams', undef, 'same' ],
	[ 'a substitute, as if he had a probability', "UPDATE team SET numerator = 1 WHERE $team AND $first AND role = 'substitute' AND rank = 1", 'recorded teams', undef, 'same' ],
	[ 'two substitutes exchanged', "UPDATE team SET rank = rank + 10 WHERE $team AND $first AND role = 'substitute'; UPDATE team SET rank = 13 - rank WHERE rank > 9", 'recorded teams', undef, 'same' ],
	[ 'a member removed', "DELETE FROM team WHERE $row", 'recorded teams', undef, 'same' ],
	[ 'the last substitute removed', "DELETE FROM team t WHERE $team AND draw = \$B AND role = 'substitute' AND rank = 2 AND uid = (SELECT max(uid) FROM team WHERE $team AND draw = \$B)", 'recorded teams', qr/substitute 2 of "u\d+", "I\d+", is missing/, 'same' ],
	[ 'a member added', q{INSERT INTO team VALUES ($L, 2, $B, 'u99', 'team', 1, 'I01', 1)}, 'recorded teams', qr/"I01" is too many/, 'same' ],
	[ 'a member of a draw that is not there added', q{INSERT INTO team VALUES ($L, 2, 99, 'u99', 'team', 1, 'I01', 1)}, 'recorded teams', qr/"I01" is too many/, 'same' ],
	[ 'a member of the first outcome', q{UPDATE team SET inspector = 'I99' WHERE lottery = $L AND outcome = 1 AND draw = $B AND role = 'team' AND rank = 1}, 'recorded teams of outcome 1', qr/is recorded as "I99"/, 'same' ],
	[ 'all members removed', "DELETE FROM team WHERE $team", 'recorded teams', undef, 'same' ],
	# the committed data
	[ 'tags of an inspector', q{UPDATE data_row SET line = replace(line, 'food lift', 'food') WHERE ceremony = 'x' AND name = 'staff' AND position = 2}, 'data staff' ],
	[ 'load of an inspector', q{UPDATE data_row SET line = replace(line, E'\t9\t', E'\t8\t') WHERE ceremony = 'x' AND name = 'staff' AND position = 2}, 'data staff' ],
	[ 'an inspector removed', q{DELETE FROM data_row WHERE ceremony = 'x' AND name = 'staff' AND position = 5}, 'data staff', qr/computed/ ],
	[ 'all inspectors but three removed', q{DELETE FROM data_row WHERE ceremony = 'x' AND name = 'staff' AND position > 3}, 'chances', qr/data "staff" of ceremony "x" has 3 rows instead of 20/ ],
	[ 'columns of an inspector', q{UPDATE data_row SET line = 'I01' WHERE ceremony = 'x' AND name = 'staff' AND position = 1}, 'chances', qr/row 1 of the staff has not as many values/ ],
	[ 'an inspector added', q{INSERT INTO data_row SELECT ceremony, name, 21, replace(line, 'I01', 'I99') FROM data_row WHERE name = 'staff' AND position = 1}, 'data staff' ],
	[ 'the order of inspectors', q{UPDATE data_row SET position = 99 WHERE ceremony = 'x' AND name = 'staff' AND position = 1}, 'data staff' ],
	[ 'a need', q{UPDATE data_row SET line = replace(line, E'b\t3', E'b\t4') WHERE ceremony = 'x' AND name = 'rules' AND line LIKE 'b%'}, 'data rules' ],
	[ 'a rule removed', q{DELETE FROM data_row WHERE ceremony = 'x' AND name = 'rules' AND line LIKE 'b%'}, 'data rules' ],
	[ 'who is recused', q{UPDATE data_row SET line = replace(line, 'I03', 'I04') WHERE ceremony = 'x' AND name = 'recusals'}, 'data recusals' ],
	[ 'why he is recused', q{UPDATE data_row SET line = replace(line, '亲属', '邻居') WHERE ceremony = 'x' AND name = 'recusals' AND position = 1}, 'data recusals' ],
	[ 'a column of data', q{UPDATE data_set SET columns[2] = 'note' WHERE ceremony = 'x' AND name = 'staff'}, 'data staff' ],
	[ 'a column of data, so that there is no lottery', q{UPDATE data_set SET columns[2] = 'min_load' WHERE ceremony = 'x' AND name = 'staff'}, 'chances', qr/there is no assignment/ ],
	[ 'number of rows of data', q{UPDATE data_set SET rows = rows - 1 WHERE ceremony = 'x' AND name = 'staff'}, 'ceremony' ],
	[ 'salt of data', 'UPDATE data_set SET ' . shifted('salt') . q{ WHERE ceremony = 'x' AND name = 'staff'}, 'data staff' ],
	[ 'hash of data', 'UPDATE data_set SET ' . shifted('hash') . q{ WHERE ceremony = 'x' AND name = 'staff'}, 'data staff' ],
	[ 'data removed', q{DELETE FROM data_set WHERE ceremony = 'x' AND name = 'rules'}, 'chances', qr/ceremony "x" has no data "rules"/ ],
	# the drawn units
	[ 'a drawn unit', q{UPDATE selection SET uid = 'u99' WHERE draw = $A AND execution = 2 AND stratum = 1 AND rank = 1}, 'result a' ],
	[ 'a drawn unit, as if it were in reserve', q{UPDATE selection SET role = 'reserve' WHERE draw = $A AND execution = 2 AND stratum = 1 AND rank = 5}, 'result a' ],
	[ 'the reserve, as if it were drawn', q{UPDATE selection SET role = 'drawn' WHERE draw = $A AND execution = 2 AND role = 'reserve'}, 'result a' ],
	[ 'stratum of a drawn unit', q{UPDATE selection SET stratum = 3 - stratum, rank = 9 WHERE draw = $A AND execution = 2 AND stratum = 1 AND rank = 5}, 'result a' ],
	[ 'a drawn unit removed', q{DELETE FROM selection WHERE draw = $A AND execution = 2 AND stratum = 1 AND rank = 5}, 'result a' ],
	[ 'a drawn unit added', q{INSERT INTO selection SELECT draw, execution, stratum, 99, role, 'u99', ticket, micro FROM selection WHERE draw = $A AND execution = 2 AND stratum = 2 AND rank = 3}, 'result a' ],
	[ 'name of a stratum', q{UPDATE stratum SET name = '南城' WHERE draw = $A AND stratum = 1}, 'result a' ],
	[ 'hash of the result', 'UPDATE result SET ' . shifted('hash') . ' WHERE draw = $A AND execution = 2', 'result a' ],
	[ 'the result removed', q{DELETE FROM result WHERE draw = $A AND execution = 2}, undef, qr/the result of draw "a" is missing/ ],
	[ 'plan hash of a draw', 'UPDATE draw SET ' . shifted('plan_hash') . ' WHERE draw = $A', 'lottery' ],
	[ 'label of a draw', q{UPDATE draw SET label = 'z' WHERE draw = $A}, 'lottery' ],
	# the ceremony
	[ 'its place', q{UPDATE ceremony SET place = 'there' WHERE ceremony = 'x'}, 'ceremony' ],
	[ 'its hash', 'UPDATE seal SET ' . shifted('hash') . q{ WHERE ceremony = 'x'}, 'ceremony' ],
	[ 'a value', q{UPDATE entropy_value SET value = '12346' WHERE ceremony = 'x' AND execution = 2 AND name = 'dice'}, 'teams' ],
	[ 'a value removed', q{DELETE FROM entropy_value WHERE ceremony = 'x' AND execution = 2 AND name = 'dice'}, 'chances', qr/the value of "dice" of ceremony "x" is missing/ ],
	[ 'its secret', 'UPDATE ceremony_secret SET ' . shifted('secret') . q{ WHERE ceremony = 'x'}, 'teams' ],
	[ 'the correction removed', q{DELETE FROM execution WHERE ceremony = 'x' AND execution = 2}, undef, qr/lottery "l" was not executed/ ],
	[ 'a correction added', q{INSERT INTO execution SELECT ceremony, 3, 'wrong', executed_at, executed_by FROM execution WHERE ceremony = 'x' AND execution = 2;
		INSERT INTO entropy_value SELECT ceremony, 3, name, replace(value, '12345', '12346') FROM entropy_value WHERE ceremony = 'x' AND execution = 2}, undef, qr/lottery "l" was not executed/ ],
);

my $number = 0;
for my $change (@changes)
{
	my ($name, $sql, $item, $detail, $same) = @$change;
	my ($rows, $bundle) = ("$folder/rows", "$folder/bundle");
	unlink $rows, $bundle;
	for ($sql)
	{
		s/\$L/$lottery/g;
		s/\$M/$other/g;
		s/\$A/$a/g;
		s/\$B/$b/g;
		s/\$C/$c/g;
	}
	my ($ret, $stdout, $stderr) = $node->psql('postgres', FairdrawNode::tampering($sql) . qq{
		\\echo changed
		\\o $rows
		SELECT item, detail FROM fairdraw.verify_lottery('l') WHERE ok IS NOT TRUE;
		\\o
		ROLLBACK TO changed;
		\\warn the bundle
		\\o $bundle
		SELECT fairdraw.export_lottery('l', 'auditor');
		\\o
		ROLLBACK;}, on_error_stop => 0);
	my ($finding) = split /^the bundle$/m, $stderr;
	if (defined $item)
	{
		$detail //= qr/./;
		ok((grep { /^\Q$item\E\|(.*)/ && $1 =~ $detail } split /\n/, slurp_file($rows)), "$name: verify_lottery() finds that $item differs")
		  or diag("found: " . slurp_file($rows) . $stderr);
	}
	else
	{
		like($finding, $detail, "$name: verify_lottery() ends with an error");
	}

	my $content = slurp_file($bundle);
	if ($same)
	{
		is($content, $original, "$name: the bundle does not contain it");
	}
	elsif ($content eq '')
	{
		like($stderr, qr/the bundle\n.*ERROR/s, "$name: there is no bundle");
	}
	else
	{
		my ($status, $answer) = fairdraw_verify(@published, $bundle);
		ok($status == 1 || $status == 2, "$name: fairdraw-verify refuses the bundle, given the published hashes") or diag("$status $answer");
	}
}
is(sql(q{SELECT bool_and(ok) FROM fairdraw.verify_lottery('l')}), 't', 'after all this the records are intact again');

$node->stop;
done_testing();
