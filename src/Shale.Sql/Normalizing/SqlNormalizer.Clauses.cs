using Shale.Sql.Lexing;
using Shale.Sql.Normalizing;

namespace Shale.Sql;

/// <summary>Follows clauses and parentheses, and knows from them which literal may go.</summary>
public sealed partial class SqlNormalizer
{
    // The type of a sum is that of its operands: an integer that is int4 whatever its sign and its digits are leaves it as it is.
    private const int DigitsOfAnyInt4 = 9;

    /// <summary>Takes one token; false if the text is in doubt.</summary>
    private bool TryStep(ref int i)
    {
        var token = _tokens[i];
        switch (token.Kind)
        {
            case TokenKind.LeftParen:
                Open(i);
                return true;
            case TokenKind.LeftBracket:
                Push(Zone.Other);
                return true;
            case TokenKind.RightParen or TokenKind.RightBracket:
                if (_depth == 0 || Top.Zone == Zone.Case) return false;
                _depth--;
                Top.Operand = Operand.Other;
                return true;
            case TokenKind.Comma:
                Comma();
                return true;
            case TokenKind.Word when token.Keyword == Keyword.Case && !IsQualified(i):
                Push(Zone.Case);
                return true;
            case TokenKind.Word when token.Keyword == Keyword.End && Top.Zone == Zone.Case && !IsQualified(i):
                _depth--;
                Top.Operand = Operand.Other;
                return true;
            case TokenKind.Word when token.Keyword != Keyword.NoKeyword && !IsQualified(i):
                if (Top.IsQuery && Clause(i)) Top.Operand = Operand.Start;
                else Word(i);
                return true;
            case TokenKind.Word or TokenKind.QuotedName:
                ColumnName();
                return true;
            default:
                OperandToken(ref i);
                return true;
        }
    }

    private bool IsQualified(int i) => i > 0 && _tokens[i - 1].Kind == TokenKind.Dot;

    private bool PreviousIs(int i, Keyword keyword) => i > 0 && _tokens[i - 1].Keyword == keyword;

    private void Open(int i)
    {
        if (_tokens[i + 1].Keyword is Keyword.Select or Keyword.With)
        {
            Push(Zone.Start, isQuery: true);
            return;
        }

        switch (Top.Zone)
        {
            case Zone.Start when Top.IsQuery:
                Push(Zone.Start, isQuery: true);
                break;
            case Zone.With when PreviousIs(i, Keyword.As) || PreviousIs(i, Keyword.Materialized):
                Push(Zone.Start, isQuery: true);
                break;
            case Zone.Values:
                Push(Zone.Row);
                break;
            case Zone.Condition when PreviousIs(i, Keyword.In) && Top.Operand == Operand.Column:
                Push(Zone.InList);
                break;
            case Zone.Condition when Top.Operand == Operand.Start:
                Push(Zone.Condition);
                break;
            default:
                Push(Zone.Other);
                break;
        }
    }

    private bool InList(int depth) => depth >= 0 && _frames[depth].Names;

    private void Comma()
    {
        switch (Top.Zone)
        {
            case Zone.Condition when Top.IsQuery:
                // WHERE holds no comma: it was the ON of a join, and another table follows.
                Top.Zone = Zone.From;
                break;
            case Zone.Condition:
                // (a, b) is a row, not a condition in parentheses.
                Top.Zone = Zone.Other;
                break;
            case Zone.Assign:
                Top.Operand = Operand.Start;
                break;
        }
    }

    /// <summary>Enters the clause that the keyword begins; false if it begins none.</summary>
    private bool Clause(int i)
    {
        ref var frame = ref Top;
        switch (_tokens[i].Keyword)
        {
            case Keyword.For when IsWord(i + 1, "system_time"):
                // A part of FROM, not FOR UPDATE behind everything.
                return true;
            case Keyword.With when frame.Zone == Zone.Start:
                frame.Zone = Zone.With;
                return true;
            case Keyword.Select or Keyword.Group or Keyword.Having or Keyword.Order or Keyword.Limit or Keyword.Offset or Keyword.Fetch or Keyword.Window
                or Keyword.Returning or Keyword.Union or Keyword.Intersect or Keyword.Except or Keyword.For or Keyword.Do:
                frame.Zone = Zone.Frozen;
                frame.Names = InList(_depth - 1) || _tokens[i].Keyword is Keyword.Select or Keyword.Returning;
                return true;
            case Keyword.Update when frame.Zone is Zone.Start or Zone.With || PreviousIs(i, Keyword.Do):
                frame.Zone = Zone.UpdateHead;
                return true;
            case Keyword.Delete when frame.Zone is Zone.Start or Zone.With:
                frame.Zone = Zone.From;
                return true;
            case Keyword.Insert or Keyword.Replace when frame.Zone is Zone.Start or Zone.With:
                frame.Zone = Zone.InsertHead;
                return true;
            case Keyword.Values:
                frame.Zone = frame.Zone == Zone.InsertHead && !PreviousIs(i, Keyword.Default) ? Zone.Values : Zone.Frozen;
                return true;
            case Keyword.Set when frame.Zone == Zone.UpdateHead:
                frame.Zone = Zone.Assign;
                return true;
            case Keyword.From when !PreviousIs(i, Keyword.Distinct):
                frame.Zone = Zone.From;
                frame.Names = InList(_depth - 1);
                return true;
            case Keyword.Join or Keyword.Left or Keyword.Right or Keyword.Full or Keyword.Inner or Keyword.Cross or Keyword.Natural
                when frame.Zone is Zone.From or Zone.Condition:
                frame.Zone = Zone.From;
                return true;
            case Keyword.Where:
                if (frame.Zone != Zone.ConflictTarget) frame.Zone = Zone.Condition;
                return true;
            case Keyword.On when _tokens[i + 1].Keyword == Keyword.Conflict:
                frame.Zone = Zone.ConflictTarget;
                return true;
            case Keyword.On when frame.Zone is Zone.From or Zone.Condition:
                frame.Zone = Zone.Condition;
                return true;
            default:
                return false;
        }
    }

    /// <summary>A keyword inside a clause.</summary>
    private void Word(int i)
    {
        ref var operand = ref Top.Operand;
        switch (_tokens[i].Keyword)
        {
            case Keyword.And when operand == Operand.LowerBound:
                operand = Operand.Compared;
                break;
            case Keyword.And or Keyword.Or:
                operand = Operand.Start;
                break;
            case Keyword.Not when operand == Operand.Start:
            case Keyword.Not or Keyword.In when operand == Operand.Column:
                break;
            case Keyword.Between when operand == Operand.Column:
                operand = Operand.Between;
                break;
            default:
                var reserved = _postgres
                    ? KeywordClass.PostgresReserved | KeywordClass.PostgresFunctionOrType
                    : KeywordClass.SqliteReserved | KeywordClass.SqliteJoin;
                if ((Keywords.ClassOf(_tokens[i].Keyword) & reserved) == 0) ColumnName();
                else operand = Operand.Other;
                break;
        }
    }

    private void ColumnName() => Top.Operand = Top.Operand switch
    {
        Operand.Start or Operand.Dot => Operand.Column,
        Operand.Compared when Top.Zone == Zone.Assign => Operand.Assigned,
        _ => Operand.Other,
    };

    /// <summary>Dots, operators, literals.</summary>
    private void OperandToken(ref int i)
    {
        ref var frame = ref Top;
        if (_tokens[i].Kind == TokenKind.Dot)
        {
            frame.Operand = frame.Operand == Operand.Column ? Operand.Dot : Operand.Other;
            return;
        }

        if (_tokens[i].Kind == TokenKind.Operator && frame.Operand == Operand.Column && IsComparison(i))
        {
            frame.Operand = Operand.Compared;
            return;
        }

        if (frame.Operand == Operand.Assigned && _tokens[i].Kind == TokenKind.Operator && Of(i) is "+" or "-")
        {
            frame.Operand = Operand.Added;
            return;
        }

        var last = _tokens[i].Kind == TokenKind.Operator && Of(i) is "-" ? i + 1 : i;
        var behind = frame.Operand == Operand.Between && (last == i ? _tokens[i].Kind != TokenKind.Operator : IsLiteral(last))
            ? Operand.LowerBound
            : Operand.Other;
        var mayReplace = !frame.Frozen && IsLiteral(last) && (last == i || _tokens[last].Start == _tokens[i].End) && MayReplace(i, last);
        if (mayReplace) Replace(i, last);
        if (last > i && IsLiteral(last)) i = last;
        Top.Operand = behind;
    }

    private bool IsComparison(int i) => Of(i) is "=" or "==" or "<>" or "!=" or "<" or "<=" or ">" or ">=";

    private bool IsLiteral(int i) => _tokens[i].Kind is TokenKind.Integer or TokenKind.Number or TokenKind.String or TokenKind.HexString;

    /// <summary>Whether the place allows it, and the literal is the whole operand.</summary>
    private bool MayReplace(int first, int last)
    {
        var next = _tokens[last + 1];
        switch (Top.Zone)
        {
            case Zone.Row or Zone.InList:
                return _tokens[first - 1].Kind is TokenKind.LeftParen or TokenKind.Comma && next.Kind is TokenKind.RightParen or TokenKind.Comma;
            case Zone.Condition or Zone.Assign when Top.Operand == Operand.Compared:
                return EndsOperand(next);
            case Zone.Assign when Top.Operand == Operand.Added:
                return _tokens[last].Kind == TokenKind.Integer && _tokens[last].Length <= DigitsOfAnyInt4 && EndsOperand(next);
            case Zone.Condition when Top.Operand == Operand.Between:
                return next.Keyword == Keyword.And;
            default:
                return false;
        }
    }

    private bool EndsOperand(in Token next) =>
        next.Kind is TokenKind.RightParen or TokenKind.End || (next.Kind == TokenKind.Comma && (Top.IsQuery || Top.Zone == Zone.Assign))
            || next.Keyword is Keyword.And or Keyword.Or || EndsClause(next.Keyword);

    private static bool EndsClause(Keyword keyword) => keyword is Keyword.Where or Keyword.From or Keyword.Group or Keyword.Having or Keyword.Order
        or Keyword.Limit or Keyword.Offset or Keyword.Fetch or Keyword.Window or Keyword.Returning or Keyword.Union or Keyword.Intersect
        or Keyword.Except or Keyword.For or Keyword.On or Keyword.Join or Keyword.Left or Keyword.Right or Keyword.Full or Keyword.Inner
        or Keyword.Cross or Keyword.Natural;
}
