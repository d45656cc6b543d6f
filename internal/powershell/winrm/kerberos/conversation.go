package kerberos

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/messages"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/neterr"
)

// resendTime is the time after which a request over UDP is sent again. The request or its answer may be lost.
const resendTime = 3 * time.Second

// question is a request to a KDC.
type question struct {
	request []byte
	// isLogin and hasProof are as in [center.ask].
	isLogin, hasProof bool
}

// reply is the result of a question to the KDC with a number. from is its address.
type reply struct {
	number int
	from   address
	answer []byte
	err    error
}

// isUnavailable reports whether the KDC answered that it cannot answer.
func (r reply) isUnavailable() bool { return errorCode(r.answer) == CodeUnavailable }

// errorCode returns the error code in an answer, or 0.
func errorCode(answer []byte) int32 {
	var refusal messages.KRBError
	if isErrorMessage(answer) && decode(answer, &refusal) == nil {
		return refusal.ErrorCode
	}
	return 0
}

// ask sends the question to a KDC and waits for the answer until ctx ends. An answer that is not readable is an error.
func (q question) ask(ctx context.Context, number int, a address) reply {
	answer, err := q.converse(ctx, a)

	if err == nil && a.network == "udp" && errorCode(answer) == CodeTooBig {
		a.network = "tcp"
		if answer, err = q.converse(ctx, a); err != nil {
			err = fmt.Errorf("the answer is too big for UDP: %w", err)
		}
	}
	if err == nil {
		err = q.check(answer)
	}
	if err != nil {
		err = fmt.Errorf("%s over %s: %w", a, strings.ToUpper(a.network), err)
	}
	return reply{number: number, from: a, answer: answer, err: err}
}

// check returns an error unless an answer is an error of a KDC, or the answer to such a question.
func (q question) check(answer []byte) error {
	switch {
	case isErrorMessage(answer):
		return decode(answer, &messages.KRBError{})
	case q.isLogin:
		return decode(answer, &messages.ASRep{})
	default:
		return decode(answer, &messages.TGSRep{})
	}
}

// converse sends the question over one connection and returns the answer.
func (q question) converse(ctx context.Context, a address) ([]byte, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, a.network, a.String())
	if err != nil {
		return nil, plain(ctx, err, "no connection")
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()

	var answer []byte
	if a.network == "udp" {
		answer, err = q.askPackets(conn)
	} else {
		answer, err = q.askStream(conn)
	}
	return answer, plain(ctx, err, "no answer")
}

// plain returns err without the address, which precedes it in the list of all KDCs. If ctx has ended, the error is the
// result so far.
func plain(ctx context.Context, err error, soFar string) error {
	var operation *net.OpError
	kind := neterr.Of(err)

	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return errors.New(soFar)
	case kind != neterr.Other:
		return errors.New(string(kind))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New(string(neterr.Lost))
	case errors.As(err, &operation):
		return operation.Err
	}
	return err
}

// askStream sends the request over TCP, where the length precedes each message (RFC 4120 7.2.2).
func (q question) askStream(conn net.Conn) ([]byte, error) {
	//nolint:gosec // a request has a few hundred KiB at most
	message := append(binary.BigEndian.AppendUint32(nil, uint32(len(q.request))), q.request...)
	if _, err := conn.Write(message); err != nil {
		return nil, err
	}
	var length [4]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > maxAnswer {
		return nil, fmt.Errorf("the announced answer has more than %d KiB", maxAnswer>>10)
	}
	answer := make([]byte, n)
	_, err := io.ReadFull(conn, answer)
	return answer, err
}

// askPackets sends the request over UDP, again after each [resendTime] unless it has a proof.
func (q question) askPackets(conn net.Conn) ([]byte, error) {
	answer := make([]byte, 64<<10)

	for {
		if _, err := conn.Write(q.request); err != nil {
			return nil, err
		}
		if !q.hasProof {
			if err := conn.SetReadDeadline(time.Now().Add(resendTime)); err != nil {
				return nil, err
			}
		}
		n, err := conn.Read(answer)
		if err == nil {
			return answer[:n], nil
		}
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			return nil, err
		}
	}
}
